package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random requests against the API of a whole node: most are almost right, some are rubbish.
 * Whatever is sent, the node does not fail, and its answers name nothing of its insides. A failure
 * prints the seed; {@code -Dseed=} repeats it.
 */
class HttpApiFuzzTest {

  private static final int REQUESTS = 1500;
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  private static final List<String> PATHS =
      List.of(
          "/tasks",
          "/tasks/batch",
          "/tasks/%s",
          "/tasks/%s/result",
          "/tasks/%s/explain",
          "/tasks/%s/cancel",
          "/dead-letters",
          "/dead-letters/groups",
          "/dead-letters/%s",
          "/dead-letters/redrive",
          "/dead-letters/discard",
          "/dead-letters/%s/redrive",
          "/dead-letters/%s/discard",
          "/schedules",
          "/schedules/preview",
          "/schedules/%s",
          "/schedules/%s/next",
          "/schedules/%s/pause",
          "/schedules/%s/resume",
          "/schedules/%s/trigger",
          "/schedules/%s/backfill",
          "/nodes",
          "/workers",
          "/demand",
          "/openapi.json",
          "/%s",
          "");

  private static final List<String> METHODS =
      List.of("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "TRACE");

  private static final List<String> NAMES =
      List.of(
          "task",
          "tasks",
          "requestId",
          "kind",
          "payload",
          "queue",
          "lane",
          "priority",
          "delay",
          "notBefore",
          "retry",
          "attemptsMax",
          "backoffInitial",
          "backoffJitter",
          "labels",
          "filter",
          "pageSize",
          "pageToken",
          "states",
          "definition",
          "cron",
          "expression",
          "timeZone",
          "interval",
          "every",
          "dates",
          "template",
          "missed",
          "missedLimit",
          "overlap",
          "from",
          "to",
          "count",
          "after",
          "expectedVersion",
          "fingerprint",
          "diedFrom",
          "reason",
          "queues",
          "kinds",
          "__proto__",
          "\u0000",
          "task_id",
          "jitter",
          "runsMax",
          "namePrefix",
          "omitBytes");

  private static final List<String> VALUES =
      List.of(
          "0",
          "1",
          "-1",
          "1001",
          "2147483648",
          "9223372036854775808",
          "1e400",
          "1.5",
          "true",
          "null",
          "\"\"",
          "\"echo\"",
          "\"0-1\"",
          "\"99-1\"",
          "\"1-9223372036854775807\"",
          "\"aGVsbG8=\"",
          "\"-1s\"",
          "\"1.5s\"",
          "\"315576000001s\"",
          "\"2026-11-20T12:00:00Z\"",
          "\"0000-00-00T00:00:00Z\"",
          "\"9999-12-31T23:59:59.999999999Z\"",
          "\"* * * * *\"",
          "\"0 0 30 2 *\"",
          "\"Europe/Berlin\"",
          "\"LANE_URGENT\"",
          "\"TASK_STATE_READY\"",
          "\"MISSED_POLICY_ALL\"",
          "\"\\ud800\"",
          "\"\\u0000\"",
          "\"../../etc/passwd\"",
          "\"<script>\"",
          "\"' OR 1=1 --\"",
          "\"%00\"",
          "\"\\u202e\"",
          "\"*\"",
          "{}",
          "[]",
          "[[]]",
          "NaN",
          "'a'",
          "\"0123456789abcdef\"");

  private static final List<String> SEGMENTS =
      List.of(
          "0-1",
          "1-1",
          "99-1",
          "x",
          "a%2Fb",
          "%C3%BC",
          "..",
          "%2e%2e",
          "%00",
          "%0d%0aX:%20y",
          "~",
          "nightly",
          "-1",
          "0-9223372036854775808",
          "%F0%9F%92%A9",
          "%ff",
          "null",
          "a".repeat(300));

  private static final List<String> INSIDES =
      List.of(
          "java.", "io.reeve.", "exception", "com.google.", "pekko", "jackson", "gson", "\tat ");

  @TempDir private Path directory = Path.of("");
  private final Random random = new Random(SEED);

  @Test
  void aNodeNeitherFailsNorTellsOfItsInsides() throws Exception {
    try (var node = new RunningNode(directory, Map.of("reeve.partition.count", 2))) {
      node.submit("first");
      // By HTTP/1.1, since each request of this client would ask for an upgrade else.
      var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
      awaitDispatcher(client, node.http().getPort());
      for (var i = 0; i < REQUESTS; i++) {
        var request = request(node.http().getPort());
        var answer = client.send(request, BodyHandlers.ofString());
        var shown = "request " + i + " of seed " + SEED + ": " + request + " got " + answer.body();

        assertThat(isRefusedOrDone(answer)).as(shown).isTrue();
        assertThat(INSIDES).as(shown).noneMatch(answer.body().toLowerCase(Locale.ROOT)::contains);
      }
      assertThat(node.tasks().listTasks(io.reeve.v1.ListTasksRequest.getDefaultInstance()))
          .as("the node still answers")
          .isNotNull();
    }
  }

  /** Until then nobody knows the demand, which is no fault. */
  private static void awaitDispatcher(HttpClient client, int port) throws Exception {
    var demand = URI.create("http://127.0.0.1:" + port + "/api/v1/demand");
    var deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (client
            .send(HttpRequest.newBuilder(demand).build(), BodyHandlers.discarding())
            .statusCode()
        != 200) {
      assertThat(System.nanoTime()).as("a dispatcher answers in time").isLessThan(deadline);
    }
  }

  private static boolean isRefusedOrDone(HttpResponse<String> answer) {
    var status = answer.statusCode();
    return status == 200 || (status >= 400 && status < 500);
  }

  private HttpRequest request(int port) {
    var path = one(PATHS).replace("%s", one(SEGMENTS)) + query();
    var method = random.nextInt(3) > 0 ? one(METHODS.subList(0, 3)) : one(METHODS);
    var body = method.equals("GET") || method.equals("HEAD") ? "" : body();
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1" + path))
            .timeout(Duration.ofSeconds(20))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!body.isEmpty()) {
      request.header("Content-Type", random.nextInt(20) == 0 ? "text/plain" : "application/json");
    }
    return request.build();
  }

  private String query() {
    if (random.nextInt(3) > 0) {
      return "";
    }
    var value = one(VALUES).replace("\"", "");
    var encoded = java.net.URLEncoder.encode(value, java.nio.charset.StandardCharsets.UTF_8);
    return "?"
        + Stream.of("pageSize", "states", "kind", "queue", "after", "kinds", "x")
            .skip(random.nextInt(7))
            .findFirst()
            .orElseThrow()
        + "="
        + encoded;
  }

  private String body() {
    return switch (random.nextInt(10)) {
      case 0 -> "";
      case 1 -> one(VALUES);
      case 2 -> object(0).substring(1);
      case 3 -> "{\"task\":" + object(1) + "}";
      case 4 -> "{\"task\":{\"kind\":\"echo\",\"" + one(NAMES) + "\":" + one(VALUES) + "}}";
      case 5 -> "{\"definition\":" + object(1) + "}";
      default -> object(0);
    };
  }

  private String object(int depth) {
    var fields = new StringBuilder("{");
    var count = random.nextInt(4);
    for (var i = 0; i < count; i++) {
      var name = one(NAMES).replace("\u0000", "\\u0000");
      fields.append(i == 0 ? "" : ",").append('"').append(name).append("\":").append(value(depth));
    }
    return fields.append('}').toString();
  }

  private String value(int depth) {
    if (depth < 4 && random.nextInt(3) == 0) {
      return object(depth + 1);
    }
    return random.nextInt(6) == 0 ? "[" + one(VALUES) + "," + one(VALUES) + "]" : one(VALUES);
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
