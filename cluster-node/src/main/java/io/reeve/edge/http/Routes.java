package io.reeve.edge.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpMethod;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.StatusCode;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.headers.Allow;
import org.apache.pekko.http.javadsl.model.headers.CacheControl;
import org.apache.pekko.http.javadsl.model.headers.CacheDirectives;
import org.apache.pekko.http.javadsl.model.headers.Connection;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.util.ByteString;

/**
 * Which path answers with which page, and what anything else is told. Every answer is of this
 * moment and must not be kept.
 */
final class Routes {

  private static final CacheControl NO_STORE = CacheControl.create(CacheDirectives.NO_STORE);

  private static final ContentType GRPC =
      ContentTypes.create(
          MediaTypes.customBinary("application", "grpc", MediaTypes.NOT_COMPRESSIBLE));

  private final Map<String, Page> pages;
  private final String index;
  private final long bodyBytesMax;

  private Routes(Map<String, Page> pages, String index, long bodyBytesMax) {
    this.pages = Map.copyOf(pages);
    this.index = index;
    this.bodyBytesMax = bodyBytesMax;
  }

  /** Begins with no path at all. */
  static Builder builder() {
    return new Builder();
  }

  /** Collects paths, in the order in which people are told of them. */
  static final class Builder {

    private final Map<String, Page> pages = new LinkedHashMap<>();
    private final List<String> lines = new ArrayList<>();

    private Builder() {}

    /**
     * Adds a page.
     *
     * @param path where it belongs; {@code aliases} are where others look for it
     */
    Builder page(Page page, String path, String... aliases) {
      pages.put(path, page);
      for (var alias : aliases) {
        pages.put(alias, page);
      }
      lines.add(aliases.length == 0 ? path : path + " (also " + String.join(", ", aliases) + ")");
      return this;
    }

    /**
     * @param bodyBytesMax of a request
     */
    Routes build(long bodyBytesMax) {
      return new Routes(pages, String.join("\n", lines) + "\n", bodyBytesMax);
    }
  }

  /**
   * The answer to a request. Its body is left to the caller, to be read to its end or, where it
   * {@link #isTooLarge}, not at all.
   */
  CompletionStage<HttpResponse> answer(HttpRequest request) {
    return pick(request).thenApply(response -> response.addHeader(NO_STORE));
  }

  private CompletionStage<HttpResponse> pick(HttpRequest request) {
    if (isGrpc(request)) {
      return now(grpc());
    }
    if (isTooLarge(request)) {
      var text =
          "expected no body, or one of " + bodyBytesMax + " bytes at most, with its length\n";
      return now(text(StatusCodes.CONTENT_TOO_LARGE, text).addHeader(Connection.create("close")));
    }
    var page = pages.get(request.getUri().path());
    if (page == null) {
      return now(text(StatusCodes.NOT_FOUND, "nothing is here; there is\n" + index));
    }
    if (!isRead(request.method())) {
      return now(
          text(StatusCodes.METHOD_NOT_ALLOWED, "expected GET or HEAD\n")
              .addHeader(Allow.create(HttpMethods.GET, HttpMethods.HEAD)));
    }
    return page.get();
  }

  private static boolean isGrpc(HttpRequest request) {
    return request.entity().getContentType().mediaType().subType().startsWith("grpc");
  }

  /** A client of gRPC that mistook the port reads this as the status of its call. */
  private static HttpResponse grpc() {
    return HttpResponse.create()
        .withStatus(StatusCodes.OK)
        .withEntity(HttpEntities.create(GRPC, ByteString.emptyByteString()))
        .addHeader(RawHeader.create("grpc-status", "12"))
        .addHeader(
            RawHeader.create(
                "grpc-message", "this is the port for HTTP; gRPC is on the port of reeve.grpc"));
  }

  /** What does not say how long it is counts as too long. */
  boolean isTooLarge(HttpRequest request) {
    var entity = request.entity();
    return !isGrpc(request)
        && !entity.isKnownEmpty()
        && entity.getContentLengthOption().orElse(Long.MAX_VALUE) > bodyBytesMax;
  }

  private static boolean isRead(HttpMethod method) {
    return method.equals(HttpMethods.GET) || method.equals(HttpMethods.HEAD);
  }

  private static CompletionStage<HttpResponse> now(HttpResponse response) {
    return CompletableFuture.completedFuture(response);
  }

  /** Words for people. */
  static HttpResponse text(StatusCode status, String text) {
    return HttpResponse.create().withStatus(status).withEntity(ContentTypes.TEXT_PLAIN_UTF8, text);
  }
}
