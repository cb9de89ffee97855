package io.reeve.edge.http.api;

import io.reeve.edge.bounds.Call;
import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.calls.Reason;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.scaladsl.model.EntityStreamSizeException;
import org.apache.pekko.stream.Materializer;

/** Reads the bodies of requests within the bounds of bytes, time and room. */
final class Bodies {

  private final ApiSettings settings;
  private final Materializer materializer;

  Bodies(ApiSettings settings, Materializer materializer) {
    this.settings = settings;
    this.materializer = materializer;
  }

  /** Why a body is not even read; empty: it may be. Takes room for it. */
  Optional<EdgeRefusal> refusal(Operation operation, HttpRequest request, Call call) {
    var entity = request.entity();
    if (!operation.hasBody()) {
      return entity.isKnownEmpty()
          ? Optional.empty()
          : Optional.of(JsonText.malformed("expected no body, got one"));
    }
    if (entity.isKnownEmpty()) {
      return Optional.empty();
    }
    if (request.getHeader("Content-Encoding").isPresent()) {
      return Optional.of(
          new EdgeRefusal(
              Reason.COMPRESSION_REFUSED, "expected a body without Content-Encoding, got one"));
    }
    var type = entity.getContentType();
    var isUtf8 =
        type.getCharsetOption().map(charset -> charset.value().equals("UTF-8")).orElse(true);
    if (!type.mediaType().equals(MediaTypes.APPLICATION_JSON) || !isUtf8) {
      return Optional.of(
          new EdgeRefusal(
              Reason.MEDIA_TYPE_REFUSED,
              "expected Content-Type: application/json, got another one or none"));
    }
    var bytes = entity.getContentLengthOption().orElse(settings.bodyBytesMax());
    if (bytes > settings.bodyBytesMax()) {
      return Optional.of(tooLarge());
    }
    return call.take(bytes) ? Optional.empty() : Optional.of(EdgeRefusal.noRoom());
  }

  private EdgeRefusal tooLarge() {
    return new EdgeRefusal(
        Reason.MESSAGE_TOO_LARGE,
        "expected a body of at most " + settings.bodyBytesMax() + " bytes, got more");
  }

  CompletionStage<byte[]> read(HttpRequest request) {
    return request
        .entity()
        .withSizeLimit(settings.bodyBytesMax())
        .toStrict(settings.bodyWithin().toMillis(), materializer)
        .handle(
            (strict, failure) -> {
              if (strict == null) {
                throw new CompletionException(refusal(failure));
              }
              return strict.getData().toArrayUnsafe();
            });
  }

  private EdgeRefusal refusal(Throwable failure) {
    var cause = EdgeRefusal.unwrap(failure);
    if (cause instanceof TimeoutException) {
      return new EdgeRefusal(
          Reason.MESSAGE_LATE,
          "expected the whole body within " + settings.bodyWithin().toMillis() + " ms");
    }
    return cause instanceof EntityStreamSizeException
        ? tooLarge()
        : JsonText.malformed("expected the whole body, got a part of it");
  }
}
