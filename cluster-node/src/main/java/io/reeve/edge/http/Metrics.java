package io.reeve.edge.http;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.jspecify.annotations.Nullable;

/**
 * All figures of a node, in the text format of Prometheus. May be used by any thread.
 *
 * <p>The library behind it is loaded by the first scrape, which takes about 250 ms by that. A start
 * should not take longer for what perhaps nobody asks for.
 */
public final class Metrics {

  private static final ContentType.NonBinary TEXT =
      ContentTypes.create(
          MediaTypes.customWithOpenCharset("text", "plain", Map.of("version", "0.0.4"), false),
          HttpCharsets.UTF_8);

  private final List<MetricSource> sources = new ArrayList<>();
  private @Nullable PrometheusMeterRegistry loaded;

  /** Shows the figures of {@code source} too from now on. */
  public synchronized void add(MetricSource source) {
    sources.add(source);
    if (loaded != null) {
      bind(source, loaded);
    }
  }

  private static void bind(MetricSource source, PrometheusMeterRegistry registry) {
    source.bindTo(registry);
    source.bindTo(registry.getPrometheusRegistry());
  }

  private synchronized PrometheusMeterRegistry registry() {
    if (loaded == null) {
      var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      sources.forEach(source -> bind(source, registry));
      loaded = registry;
    }
    return loaded;
  }

  private synchronized CompletableFuture<?>[] refreshed() {
    return sources.stream()
        .map(source -> source.refresh().toCompletableFuture())
        .toArray(CompletableFuture<?>[]::new);
  }

  /** What a scrape is answered with. */
  CompletionStage<HttpResponse> page() {
    var registry = registry();
    return CompletableFuture.allOf(refreshed())
        .thenApply(
            done ->
                HttpResponse.create()
                    .withStatus(StatusCodes.OK)
                    .withEntity(TEXT, registry.scrape()));
  }
}
