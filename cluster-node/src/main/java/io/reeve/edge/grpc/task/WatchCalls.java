package io.reeve.edge.grpc.task;

import io.reeve.edge.grpc.status.GrpcStatuses;
import io.reeve.v1.TaskService;
import io.reeve.v1.WatchTaskRequest;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.grpc.GrpcProtocol.GrpcProtocolReader;
import org.apache.pekko.grpc.GrpcProtocol.GrpcProtocolWriter;
import org.apache.pekko.grpc.ProtobufSerializer;
import org.apache.pekko.grpc.javadsl.GoogleProtobufSerializer;
import org.apache.pekko.grpc.javadsl.GrpcExceptionHandler;
import org.apache.pekko.grpc.javadsl.GrpcMarshalling;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.util.ByteString;

/**
 * Answers WatchTask in place of a generated handler, which would encode each change anew for each
 * watch of a task.
 */
public final class WatchCalls implements Function<HttpRequest, CompletionStage<HttpResponse>> {

  private static final long serialVersionUID = 1;

  static final String PATH = "/" + TaskService.name + "/WatchTask";

  private static final ProtobufSerializer<WatchTaskRequest> REQUEST =
      new GoogleProtobufSerializer<>(WatchTaskRequest.parser());

  /** The answers come encoded. */
  private static final ProtobufSerializer<ByteString> ENCODED =
      new ProtobufSerializer<>() {
        @Override
        public ByteString serialize(ByteString bytes) {
          return bytes;
        }

        @Override
        public ByteString deserialize(ByteString bytes) {
          return bytes;
        }
      };

  private final transient TaskServiceEdge tasks;
  private final transient Materializer materializer;
  private final transient ActorSystem<?> system;
  private final transient Function<HttpRequest, CompletionStage<HttpResponse>> others;

  /**
   * @param others answers every other call
   */
  public WatchCalls(
      TaskServiceEdge tasks,
      Materializer materializer,
      ActorSystem<?> system,
      Function<HttpRequest, CompletionStage<HttpResponse>> others) {
    this.tasks = tasks;
    this.materializer = materializer;
    this.system = system;
    this.others = others;
  }

  @Override
  public CompletionStage<HttpResponse> apply(HttpRequest request) throws Exception {
    if (!request.getUri().path().equals(PATH)) {
      return others.apply(request);
    }
    var answered =
        GrpcMarshalling.<HttpResponse>negotiated(
            request, (reader, writer) -> watch(request, reader, writer));
    return answered.isPresent() ? answered.get() : others.apply(request);
  }

  private CompletionStage<HttpResponse> watch(
      HttpRequest request, GrpcProtocolReader reader, GrpcProtocolWriter writer) {
    return GrpcMarshalling.unmarshal(request.entity(), REQUEST, materializer, reader)
        .thenApply(
            in ->
                GrpcMarshalling.marshalStream(
                    tasks.watchTask(in), ENCODED, writer, system, GrpcStatuses::mapper))
        .exceptionallyCompose(
            failure ->
                CompletableFuture.completedFuture(
                    GrpcExceptionHandler.standard(failure, GrpcStatuses::mapper, writer, system)));
  }
}
