package io.reeve.edge.http;

import com.typesafe.config.ConfigFactory;
import io.reeve.edge.NodeHealth;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Sink;

/**
 * The HTTP server of a node. It listens before the node is ready and until its last call has ended,
 * so that whoever watches can tell a node that waits or leaves from one that is gone. While nobody
 * asks, it does nothing.
 */
public final class HttpServer {

  private final ServerBinding binding;

  private HttpServer(ServerBinding binding) {
    this.binding = binding;
  }

  /**
   * What the pages stand on.
   *
   * @param version of the program, for people
   */
  public record Backing(NodeHealth health, Metrics metrics, String version) {}

  /**
   * Binds the port of {@code settings}.
   *
   * @param port 0: any that is free
   */
  public static CompletionStage<HttpServer> bind(
      ActorSystem<?> system, HttpSettings settings, int port, Backing backing) {
    var materializer = SystemMaterializer.get(system).materializer();
    var routes = routes(settings, backing);
    Function<HttpRequest, CompletionStage<HttpResponse>> handler =
        request -> answer(routes, request, materializer);
    return Http.get(system)
        .newServerAt(settings.host(), port)
        .withSettings(serverSettings(system, settings))
        .bind(handler)
        .thenApply(HttpServer::new);
  }

  private static Routes routes(HttpSettings settings, Backing backing) {
    var health = new HealthPages(backing.health(), backing.version());
    return Routes.builder()
        .page(health::live, "/health/live", "/alive", "/healthz")
        .page(health::ready, "/health/ready", "/health", "/ready")
        .page(backing.metrics()::page, "/metrics")
        .build(settings.bodyBytesMax());
  }

  /** Nothing here reads a body, but only once its bytes are gone can the connection go on. */
  private static CompletionStage<HttpResponse> answer(
      Routes routes, HttpRequest request, Materializer materializer) {
    if (routes.isTooLarge(request)) {
      request.entity().getDataBytes().runWith(Sink.cancelled(), materializer);
    } else {
      request.discardEntityBytes(materializer);
    }
    return routes.answer(request);
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return binding.localAddress();
  }

  /** Takes no new connections, and closes the others once they are answered, within the bound. */
  public CompletionStage<Done> terminate(Duration within) {
    return binding
        .unbind()
        .thenCompose(unbound -> binding.terminate(within))
        .thenApply(terminated -> Done.getInstance());
  }

  private static ServerSettings serverSettings(ActorSystem<?> system, HttpSettings settings) {
    var server = "pekko.http.server.";
    var config =
        ConfigFactory.parseMap(
                Map.of(
                    server + "enable-http2",
                    false,
                    server + "server-header",
                    "",
                    server + "verbose-error-messages",
                    false,
                    server + "max-connections",
                    settings.connectionsMax(),
                    server + "idle-timeout",
                    settings.idleTimeout().toMillis() + " ms",
                    server + "request-timeout",
                    settings.requestTimeout().toMillis() + " ms",
                    server + "parsing.max-uri-length",
                    settings.uriBytesMax(),
                    server + "parsing.max-header-value-length",
                    settings.headerBytesMax(),
                    server + "parsing.max-content-length",
                    settings.bodyBytesMax()))
            .withFallback(system.settings().config());
    return ServerSettings.create(config);
  }
}
