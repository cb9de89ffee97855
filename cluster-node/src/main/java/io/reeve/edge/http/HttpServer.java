package io.reeve.edge.http;

import com.typesafe.config.ConfigFactory;
import io.reeve.edge.NodeHealth;
import io.reeve.edge.bounds.Call;
import io.reeve.edge.bounds.Descriptors;
import io.reeve.edge.bounds.Door;
import io.reeve.edge.bounds.Doors;
import io.reeve.edge.bounds.Room;
import io.reeve.edge.http.api.Api;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.javadsl.Source;

/**
 * The HTTP server of a node. It listens before the node is ready and until its last call has ended,
 * so that whoever watches can tell a node that waits or leaves from one that is gone. While nobody
 * asks, it does nothing.
 */
public final class HttpServer {

  /** By HTTP/2 the library does not bound how long an answer takes. */
  private static final HttpResponse NO_ANSWER =
      Routes.text(StatusCodes.SERVICE_UNAVAILABLE, "no answer came in time\n");

  /** After this, the library answers a request that ours did not end in time. */
  private static final Duration AFTER_OURS = Duration.ofSeconds(2);

  /** Connections that the door has closed and the library has not yet seen off. */
  private static final int CLOSING = 64;

  private final Door door;
  private final ServerBinding binding;

  private HttpServer(Door door, ServerBinding binding) {
    this.door = door;
    this.binding = binding;
  }

  /**
   * What the pages stand on.
   *
   * @param version of the program, for people
   * @param room for the bytes in flight of all edges of the node
   * @param nanoTime monotonic
   */
  public record Backing(
      NodeHealth health,
      Metrics metrics,
      Api api,
      String version,
      Room room,
      LongSupplier nanoTime) {}

  /**
   * Binds the port of {@code settings}.
   *
   * @param port 0: any that is free
   */
  public static CompletionStage<HttpServer> bind(
      ActorSystem<?> system, HttpSettings settings, int port, Backing backing) {
    var health = new HealthPages(backing.health(), backing.version());
    var routes =
        Routes.of(health, backing.metrics(), backing.api(), settings.bodyBytesMax())
            .function(system);
    var door =
        new Door(
            new Door.Settings(
                "reeve.http",
                settings.connectionsMax(),
                settings.descriptorsReserve(),
                settings.headWithin(),
                true),
            backing.room(),
            Descriptors.ofThisProcess(),
            backing.nanoTime());
    Function<HttpRequest, CompletionStage<HttpResponse>> handler =
        request -> {
          var call = new Call(door.connection(request));
          return inTime(routes.apply(request.addAttribute(Api.CALL, call)), request, settings)
              .thenApply(response -> isHead(request) ? withoutBody(response) : response)
              .whenComplete(
                  (response, failure) -> {
                    if (response == null || !Api.endsCall(response)) {
                      call.end();
                    }
                  });
        };
    return Doors.behind(
            door,
            () ->
                Http.get(system)
                    .newServerAt(settings.host(), port)
                    .withSettings(serverSettings(system, settings, door))
                    .bind(handler))
        .thenApply(binding -> new HttpServer(door, binding));
  }

  private static CompletionStage<HttpResponse> inTime(
      CompletionStage<HttpResponse> answer, HttpRequest request, HttpSettings settings) {
    var within = settings.requestTimeout().toMillis();
    // A late answer of the API counts as a refusal, so it is not made before it is due.
    return answer
        .toCompletableFuture()
        .<Optional<HttpResponse>>thenApply(Optional::of)
        .completeOnTimeout(Optional.empty(), within, TimeUnit.MILLISECONDS)
        .thenApply(
            response ->
                response.orElseGet(
                    () ->
                        request.getUri().path().startsWith(Api.ROOT)
                            ? Api.late(request)
                            : NO_ANSWER));
  }

  private static boolean isHead(HttpRequest request) {
    return request.method().equals(HttpMethods.HEAD);
  }

  /** The library leaves the body out by HTTP/1 only. */
  private static HttpResponse withoutBody(HttpResponse response) {
    var entity = response.entity();
    var length = entity.getContentLengthOption().orElse(0);
    return length == 0
        ? response
        : response.withEntity(HttpEntities.create(entity.getContentType(), length, Source.empty()));
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return binding.localAddress();
  }

  /** Connections that are open. */
  public int connections() {
    return door.connections();
  }

  /** Takes no new connections, and closes the others once they are answered, within the bound. */
  public CompletionStage<Done> terminate(Duration within) {
    return binding
        .unbind()
        .thenCompose(unbound -> binding.terminate(within))
        .thenApply(terminated -> Done.getInstance());
  }

  private static ServerSettings serverSettings(
      ActorSystem<?> system, HttpSettings settings, Door door) {
    var server = "pekko.http.server.";
    var config =
        ConfigFactory.parseMap(
                Map.<String, Object>ofEntries(
                    // Callers of gRPC that mistook the port are told so in their own words.
                    Map.entry(server + "enable-http2", true),
                    Map.entry(server + "remote-address-attribute", true),
                    // Probes by HTTP/1.0 name no host.
                    Map.entry(server + "default-host-header", "localhost"),
                    // What callers get wrong is theirs to read, in the answer.
                    Map.entry(server + "parsing.error-logging-verbosity", "off"),
                    Map.entry(server + "server-header", ""),
                    Map.entry(server + "verbose-error-messages", false),
                    // The door bounds them; those that it closes may be counted for a moment yet.
                    Map.entry(server + "max-connections", door.connectionsMax() + CLOSING),
                    Map.entry(server + "idle-timeout", settings.idleTimeout().toMillis() + " ms"),
                    Map.entry(
                        server + "request-timeout",
                        settings.requestTimeout().plus(AFTER_OURS).toMillis() + " ms"),
                    Map.entry(server + "parsing.max-uri-length", settings.uriBytesMax()),
                    Map.entry(
                        server + "parsing.max-header-value-length", settings.headerBytesMax()),
                    Map.entry(server + "parsing.max-content-length", settings.bodyBytesMax())))
            .withFallback(system.settings().config());
    return ServerSettings.create(config);
  }
}
