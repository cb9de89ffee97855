package io.reeve.edge.grpc.guard;

import io.reeve.edge.bounds.Call;
import io.reeve.edge.bounds.Door;
import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.grpc.status.GrpcStatuses;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.HttpEntity;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Source;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the bytes of every call within the room: of its request by {@link FrameGuard}, of its
 * answer by {@link AnswerStage} from the moment in which it is made until the caller has read it.
 */
public final class CallGuard {

  private final Door door;
  private final FrameGuard.Bounds bounds;
  private final Function<HttpRequest, CompletionStage<HttpResponse>> handler;
  private final Set<String> streaming;
  private final Map<String, Long> expected;
  private final ActorSystem<?> system;
  private final Materializer materializer;

  /**
   * Lets the stages that make an answer take room for it.
   *
   * @param readWithin how soon what has taken room has to be read
   */
  public record OfCall(Call call, Duration readWithin) implements Attributes.Attribute {}

  /**
   * @param handler of all calls
   * @param streaming paths of the methods whose callers send a stream of messages
   * @param expected bytes of an answer, by path, for which there has to be room before the handler
   *     is asked
   */
  public CallGuard(
      Door door,
      FrameGuard.Bounds bounds,
      Function<HttpRequest, CompletionStage<HttpResponse>> handler,
      Set<String> streaming,
      Map<String, Long> expected,
      ActorSystem<?> system) {
    this.door = door;
    this.bounds = bounds;
    this.handler = handler;
    this.streaming = Set.copyOf(streaming);
    this.expected = Map.copyOf(expected);
    this.system = system;
    this.materializer = SystemMaterializer.get(system).materializer();
  }

  public CompletionStage<HttpResponse> answer(HttpRequest request) throws Exception {
    var call = new Call(door.connection(request));
    var path = request.getUri().path();
    var expects = expected.getOrDefault(path, 0L);
    if (expects > 0 && !call.take(expects)) {
      call.end();
      request.discardEntityBytes(materializer);
      return CompletableFuture.completedFuture(GrpcStatuses.response(EdgeRefusal.noRoom(), system));
    }
    var isStreaming = streaming.contains(path);
    CompletionStage<HttpResponse> answered;
    try {
      answered = handler.apply(new FrameGuard(bounds, call, isStreaming).guarded(request));
    } catch (Exception | Error e) {
      call.end();
      throw e;
    }
    return answered.handle((response, failure) -> bounded(response, failure, call, isStreaming));
  }

  private HttpResponse bounded(
      @Nullable HttpResponse response,
      @Nullable Throwable failure,
      Call call,
      boolean isStreaming) {
    if (response == null) {
      call.end();
      throw new CompletionException(failure);
    }
    if (!(response.entity() instanceof HttpEntity.Strict strict)) {
      if (!isStreaming) {
        // The one request has been read; a stream of answers may go on for hours.
        call.takeInstead(0);
      }
      return streamed(response, call);
    }
    var bytes = strict.data();
    if (bytes.size() <= AnswerStage.PIECE_BYTES) {
      call.end();
      return response;
    }
    if (!call.takeInstead(bytes.size())) {
      call.end();
      return GrpcStatuses.response(EdgeRefusal.noRoom(), system);
    }
    return response.withEntity(
        chunked(
            strict,
            Source.single((HttpEntity.ChunkStreamPart) new HttpEntity.Chunk(bytes, "")),
            call));
  }

  private HttpResponse streamed(HttpResponse response, Call call) {
    if (!(response.entity() instanceof HttpEntity.Chunked chunked)) {
      call.end();
      return response;
    }
    return response.withEntity(
        chunked(
            chunked,
            chunked.chunks().asJava().mapMaterializedValue(x -> NotUsed.getInstance()),
            call));
  }

  private HttpEntity.Chunked chunked(
      HttpEntity entity, Source<HttpEntity.ChunkStreamPart, NotUsed> chunks, Call call) {
    return new HttpEntity.Chunked(
        entity.contentType(),
        chunks
            .via(new AnswerStage(call, bounds.messageWithin()))
            .addAttributes(Attributes.apply(new OfCall(call, bounds.messageWithin())))
            .<Object>mapMaterializedValue(x -> x)
            .asScala());
  }
}
