package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a whole node shows to Prometheus. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MetricsTest {

  /** A row of the table: the name, its type, the rest for people. */
  private static final Pattern ROW = Pattern.compile("\\| `(\\w+)(?:\\{.*})?` \\| (\\w+) \\|.*");

  private static final Path PAGE = Path.of("..", "docs", "metrics.md");

  /** More would be a label with values that nobody bounded. */
  private static final int SAMPLES_PER_NAME_MAX = 64;

  @TempDir private static Path directory = Path.of("");
  private Node node;

  @BeforeAll
  void start() throws Exception {
    var config =
        NodeConfig.load(
                null,
                Map.of(),
                ConfigFactory.parseMap(
                    Map.of("reeve.store.directory", "" + directory, "reeve.grpc.port", 0)))
            .all();
    node = Node.start(config, NodeSettings.from(config), new PlayedParts(), "1.2.3");
  }

  @AfterAll
  void stop() throws InterruptedException {
    node.stop();
    assertThat(node.awaitStopped()).isTrue();
  }

  @Test
  void aScrapeShowsWhatThePageTellsAndNothingElse() throws Exception {
    var types = new TreeMap<String, String>();
    scrape().families().forEach((name, family) -> types.put(name, family.type()));

    assertThat(types).isEqualTo(promised());
  }

  @Test
  void aScrapeIsTextOfVersionFour() throws Exception {
    var answer = get();

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type"))
        .hasValue("text/plain; version=0.0.4; charset=UTF-8");
    assertThat(answer.headers().firstValue("cache-control")).hasValue("no-store");
  }

  @Test
  void noNameHasLabelsWithoutBound() throws Exception {
    assertThat(scrape().families().values())
        .allSatisfy(family -> assertThat(family.samples()).hasSizeBetween(1, SAMPLES_PER_NAME_MAX));
  }

  @Test
  void figuresAreThoseOfTheNode() throws Exception {
    var scrape = scrape();

    assertThat(scrape.only("reeve_node_ready")).isEqualTo(1);
    assertThat(scrape.only("reeve_worker_sessions")).isZero();
    assertThat(scrape.only("reeve_dispatcher_changes_total")).isZero();
    assertThat(scrape.only("reeve_tasks_ready")).isEqualTo(5);
    assertThat(scrape.only("reeve_workers_wanted")).isEqualTo(2);
    assertThat(scrape.only("process_uptime_seconds")).isPositive();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no_type 1\n",
        "# TYPE a gauge\na 1\n",
        "# HELP a b\n# TYPE a gauge\na 1\na 2\n",
        "# HELP a b\n# TYPE a gauge\na{b=1} 1\n",
        "# HELP a b\n# TYPE a gauge\na one\n",
        "# HELP a b\n# TYPE a gauge\nb 1\n",
        "# HELP a b\n# TYPE a gauge\na 1",
      })
  void theReaderOfThisTestIsStrict(String text) {
    assertThatThrownBy(() -> PrometheusText.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Map<String, String> promised() throws IOException {
    var rows = new TreeMap<String, String>();
    for (var line : Files.readAllLines(PAGE)) {
      var row = ROW.matcher(line);
      if (row.matches()) {
        assertThat(rows.put(row.group(1), row.group(2))).as(line).isNull();
      }
    }
    return rows;
  }

  private PrometheusText scrape() throws Exception {
    return PrometheusText.parse(get().body());
  }

  private HttpResponse<String> get() throws Exception {
    var uri = URI.create("http://127.0.0.1:" + node.http().orElseThrow().getPort() + "/metrics");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }
}
