package io.reeve.edge.http.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.grpc.status.GrpcStatuses;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.util.ByteString;

/** Refusals as {@code application/problem+json} (RFC 9457), with the reasons of gRPC. */
final class Problems {

  static final ContentType TYPE =
      MediaTypes.applicationWithFixedCharset(
              "problem+json", org.apache.pekko.http.javadsl.model.HttpCharsets.UTF_8)
          .toContentType();

  private static final long MS_PER_S = 1000;

  private Problems() {}

  /** The answer to a call that failed. Logs what is a fault of ours. */
  static HttpResponse response(Throwable failure) {
    return response(GrpcStatuses.refusal(failure));
  }

  static HttpResponse response(EdgeRefusal refusal) {
    GrpcStatuses.sending(refusal);
    var response =
        HttpResponse.create()
            .withStatus(HttpStatuses.of(refusal.reason()))
            .withEntity(HttpEntities.create(TYPE, ByteString.fromString(json(refusal) + "\n")));
    var waitMs = refusal.reason().retryAfter().toMillis();
    return waitMs == 0
        ? response
        : response.addHeader(
            RawHeader.create("Retry-After", "" + (waitMs + MS_PER_S - 1) / MS_PER_S));
  }

  /** One line. */
  static String json(EdgeRefusal refusal) {
    var reason = refusal.reason();
    var problem =
        JsonNodeFactory.instance
            .objectNode()
            .put("type", "urn:reeve:reason:" + refusal.reasonName())
            .put("title", reason.meaning())
            .put("status", HttpStatuses.of(reason))
            .put("detail", refusal.text())
            .put("reason", refusal.reasonName());
    if (!refusal.field().isEmpty()) {
      problem.put("field", refusal.field());
    }
    if (!reason.retryAfter().isZero()) {
      problem.put("retryAfterMs", reason.retryAfter().toMillis());
    }
    return problem.toString();
  }
}
