package io.reeve.edge.http;

import static org.apache.pekko.http.javadsl.server.Directives.complete;
import static org.apache.pekko.http.javadsl.server.Directives.completeWithFuture;
import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.extractMaterializer;
import static org.apache.pekko.http.javadsl.server.Directives.extractRequest;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.handleExceptions;
import static org.apache.pekko.http.javadsl.server.Directives.handleRejections;
import static org.apache.pekko.http.javadsl.server.Directives.head;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.Directives.pathEnd;
import static org.apache.pekko.http.javadsl.server.Directives.pathPrefix;
import static org.apache.pekko.http.javadsl.server.Directives.reject;
import static org.apache.pekko.http.javadsl.server.Directives.respondWithHeader;

import io.reeve.edge.http.api.Api;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
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
import org.apache.pekko.http.javadsl.server.ExceptionHandler;
import org.apache.pekko.http.javadsl.server.MethodRejection;
import org.apache.pekko.http.javadsl.server.RejectionHandler;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which path answers with which page, and what anything else is told. Every answer is of this
 * moment and must not be kept.
 */
final class Routes {

  private static final Logger LOG = LoggerFactory.getLogger(Routes.class);

  private static final CacheControl NO_STORE = CacheControl.create(CacheDirectives.NO_STORE);

  private static final ContentType GRPC =
      ContentTypes.create(
          MediaTypes.customBinary("application", "grpc", MediaTypes.NOT_COMPRESSIBLE));

  private static final RejectionHandler OTHERWISE =
      RejectionHandler.newBuilder()
          .handleAll(
              MethodRejection.class,
              methods ->
                  complete(
                      text(StatusCodes.METHOD_NOT_ALLOWED, "expected GET or HEAD\n")
                          .addHeader(Allow.create(HttpMethods.GET, HttpMethods.HEAD))))
          .handleNotFound(
              complete(
                  text(
                      StatusCodes.NOT_FOUND,
                      """
                      not found; the paths are
                      /health/live (also /alive, /healthz)
                      /health/ready (also /health, /ready)
                      /metrics
                      /api/v1 (see /api/v1/openapi.json)
                      """)))
          .build();

  private static final ExceptionHandler FAILED =
      ExceptionHandler.newBuilder()
          .matchAny(
              failure -> {
                LOG.error("a page of the HTTP port failed", failure);
                return complete(
                    text(
                        StatusCodes.INTERNAL_SERVER_ERROR,
                        "the page failed; the log of this node says why\n"));
              })
          .build();

  private Routes() {}

  /**
   * All that the port answers.
   *
   * @param bodyBytesMax of a request for a page, whose body nothing reads
   */
  static Route of(HealthPages health, Metrics metrics, Api api, long bodyBytesMax) {
    var pages = pages(health, metrics);
    var calls = api.isEnabled() ? api.route() : reject();
    return respondWithHeader(
        NO_STORE,
        () ->
            handleExceptions(
                FAILED,
                () ->
                    handleRejections(
                        OTHERWISE,
                        () ->
                            extractRequest(
                                request ->
                                    isGrpc(request)
                                        ? grpc(request)
                                        : concat(
                                            calls, withoutBody(request, bodyBytesMax, pages))))));
  }

  /** Paths with a word of their own, and the aliases where others look for the same. */
  private static Route pages(HealthPages health, Metrics metrics) {
    var live = page(health::live);
    var ready = page(health::ready);
    var figures = page(metrics::page);
    return concat(
        pathPrefix(
            "health",
            () ->
                concat(path("live", () -> live), path("ready", () -> ready), pathEnd(() -> ready))),
        path("alive", () -> live),
        path("healthz", () -> live),
        path("ready", () -> ready),
        path("metrics", () -> figures));
  }

  private static Route page(Supplier<CompletionStage<HttpResponse>> page) {
    var answer = extractRequest(request -> completeWithFuture(page.get()));
    return concat(get(() -> answer), head(() -> answer));
  }

  /**
   * Drops a small body, since only once its bytes are gone can the connection go on. Refuses a
   * larger one before it comes; what does not say how long it is counts as too long.
   */
  private static Route withoutBody(HttpRequest request, long bytesMax, Route inner) {
    var entity = request.entity();
    var tooLarge =
        !entity.isKnownEmpty() && entity.getContentLengthOption().orElse(Long.MAX_VALUE) > bytesMax;
    return extractMaterializer(
        materializer -> {
          if (tooLarge) {
            entity.getDataBytes().runWith(Sink.cancelled(), materializer);
            return complete(
                text(
                        StatusCodes.CONTENT_TOO_LARGE,
                        "expected no body, or one of "
                            + bytesMax
                            + " bytes at most, with its length\n")
                    .addHeader(Connection.create("close")));
          }
          request.discardEntityBytes(materializer);
          return inner;
        });
  }

  private static boolean isGrpc(HttpRequest request) {
    return request.entity().getContentType().mediaType().subType().startsWith("grpc");
  }

  /** Drops the message of the call: a stream with an unread body stays open. */
  private static Route grpc(HttpRequest request) {
    return extractMaterializer(
        materializer -> {
          request.discardEntityBytes(materializer);
          return complete(wrongPort());
        });
  }

  /** A client of gRPC that mistook the port reads this as the status of its call. */
  private static HttpResponse wrongPort() {
    return HttpResponse.create()
        .withStatus(StatusCodes.OK)
        .withEntity(HttpEntities.create(GRPC, ByteString.emptyByteString()))
        .addHeader(RawHeader.create("grpc-status", "12"))
        .addHeader(
            RawHeader.create(
                "grpc-message", "this is the port for HTTP; gRPC is on the port of reeve.grpc"));
  }

  /** Words for people. */
  static HttpResponse text(StatusCode status, String text) {
    return HttpResponse.create().withStatus(status).withEntity(ContentTypes.TEXT_PLAIN_UTF8, text);
  }
}
