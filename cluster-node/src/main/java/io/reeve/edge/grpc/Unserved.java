package io.reeve.edge.grpc;

import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.calls.Expect;
import io.reeve.edge.calls.Reason;
import io.reeve.edge.grpc.status.GrpcStatuses;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.Connection;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.Materializer;

/** Answers calls that no service of this node takes, with a status that a gRPC client reads. */
final class Unserved implements Function<HttpRequest, CompletionStage<HttpResponse>> {

  private static final long serialVersionUID = 1;

  /** Nothing else that such a caller sends would be served. */
  private static final Connection CLOSE = Connection.create("close");

  private final transient ActorSystem<?> system;
  private final transient Materializer materializer;
  private final boolean edge;

  /**
   * @param edge whether this node serves clients and workers
   */
  Unserved(ActorSystem<?> system, Materializer materializer, boolean edge) {
    this.system = system;
    this.materializer = materializer;
    this.edge = edge;
  }

  /** Whether the request is a gRPC call at all. */
  static boolean isGrpc(HttpRequest request) {
    return request.entity().getContentType().mediaType().subType().startsWith("grpc");
  }

  @Override
  public CompletionStage<HttpResponse> apply(HttpRequest request) {
    request.discardEntityBytes(materializer);
    return CompletableFuture.completedFuture(
        isGrpc(request)
            ? GrpcStatuses.response(refusal(request.getUri().path()), system)
            : HttpResponse.create()
                .withStatus(StatusCodes.UNSUPPORTED_MEDIA_TYPE)
                .addHeader(CLOSE)
                .withEntity(
                    ContentTypes.TEXT_PLAIN_UTF8,
                    "this port speaks gRPC; health and metrics are on the port of reeve.http\n"));
  }

  private EdgeRefusal refusal(String path) {
    var end = path.indexOf('/', 1);
    var service = end < 0 ? path : path.substring(1, end);
    return HealthEdge.SERVICES.contains(service) && !edge
        ? new EdgeRefusal(
            Reason.NO_EDGE, "expected a node with the role edge, got one that only owns tasks")
        : new EdgeRefusal(
            Reason.UNKNOWN_METHOD,
            "expected a method of a service of this node, got " + Expect.quoted(path));
  }
}
