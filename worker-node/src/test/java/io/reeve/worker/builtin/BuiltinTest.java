package io.reeve.worker.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import com.typesafe.config.ConfigFactory;
import io.reeve.v1.Assignment;
import io.reeve.v1.TaskSpec;
import io.reeve.worker.Await;
import io.reeve.worker.Failed;
import io.reeve.worker.PermanentFailure;
import io.reeve.worker.Rejected;
import io.reeve.worker.RetryLater;
import io.reeve.worker.TaskContext;
import io.reeve.worker.TaskHandler;
import io.reeve.worker.slot.Attempt;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuiltinTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void servesTheKindsOfTheReference() {
    assertThat(handlers("").keySet()).containsExactlyInAnyOrderElementsOf(BuiltinSettings.ALL);
    assertThat(handlers("kinds = [echo]").keySet()).containsExactly("echo");
    assertThatThrownBy(() -> handlers("kinds = [shell]"))
        .hasMessageContaining("reeve.worker.builtin.kinds: expected some of")
        .hasMessageContaining("got shell");
  }

  @Test
  void echoAnswersItsPayload() throws Exception {
    assertThat((byte[]) run("echo", "", "as it is")).isEqualTo("as it is".getBytes(UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0.5                      | PT0.5S
          2                        | PT2S
          500ms                    | PT0.5S
          5m                       | PT5M
          ' 1 s '                  | PT1S
          """)
  void timesAreSecondsOrHaveAUnit(String text, Duration expected) throws Exception {
    assertThat(Times.text(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"soon", "-1", "-5s", "''", "1e999", "99999999999"})
  void whatIsNoTimeIsRejected(String text) {
    assertThatThrownBy(() -> Times.text(text)).isInstanceOf(Rejected.class);
  }

  @Test
  void sleepTakesItsTimeInAnyForm() throws Exception {
    for (var payload : List.of("0.01", "10ms", "\"10ms\"", "{\"duration\":\"10ms\"}")) {
      var start = System.nanoTime();
      run("sleep", "", payload);
      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(10_000_000);
    }
    assertThatThrownBy(() -> run("sleep", "", "{}")).isInstanceOf(Rejected.class);
  }

  @Test
  void failFailsAsOftenAsAskedAndTheSameEachTime() {
    var payload = "{\"rate\":0.3,\"seed\":11}";
    int failures = 0;
    for (int task = 0; task < 1000; task++) {
      var first = failing("t" + task, payload);
      assertThat(failing("t" + task, payload)).isEqualTo(first);
      failures += first ? 1 : 0;
    }
    assertThat(failures).isBetween(250, 350);
    assertThatThrownBy(() -> run("fail", "", "")).isInstanceOf(Failed.class);
    assertThatThrownBy(() -> run("fail", "", "{\"permanent\":true,\"message\":\"no\"}"))
        .isInstanceOf(PermanentFailure.class)
        .hasMessage("no");
    assertThatThrownBy(() -> run("fail", "", "{\"rate\":2}")).isInstanceOf(Rejected.class);
  }

  @Test
  void simulateMixesFastAndSlowAndFailsAsOftenAsSet() throws Exception {
    var handler =
        handlers("simulate { fast = 1ms, slow = 2ms, fast-failure-percentage = 5 }")
            .get("simulate");
    int fast = 0;
    int failures = 0;
    for (int task = 0; task < 400; task++) {
      try {
        fast += "fast".equals(Objects.requireNonNull(handler).handle(task("s" + task, ""))) ? 1 : 0;
      } catch (Failed failed) {
        failures++;
      }
    }
    assertThat(fast).isBetween(270, 350);
    assertThat(failures).isBetween(4, 36);
  }

  private boolean failing(String taskId, String payload) {
    return catchThrowable(
            () -> Objects.requireNonNull(handlers("").get("fail")).handle(task(taskId, payload)))
        != null;
  }

  @Nested
  class Exec {

    private static final String SHELL = "/bin/sh";
    private static final String ALLOWED = "exec.allowed = [\"" + SHELL + "\", \"/bin/echo\"]";

    @TempDir Path directory = Path.of("");

    @Test
    void keepsWhatTheCommandSaid() throws Exception {
      var result = exec(ALLOWED, List.of("/bin/echo", "two  words", "$HOME"));

      assertThat(result.get("exitCode").asInt()).isZero();
      assertThat(result.get("stdout").asText()).isEqualTo("two  words $HOME\n");
      assertThat(result.get("stderr").asText()).isEmpty();
      assertThat(result.get("truncated").asBoolean()).isFalse();
    }

    @Test
    void nothingIsAllowedUnlessTheSettingsAllowIt() {
      assertThatThrownBy(() -> exec("", List.of("/bin/echo"))).isInstanceOf(Rejected.class);
      assertThatThrownBy(() -> exec(ALLOWED, List.of("/bin/../bin/echo")))
          .isInstanceOf(Rejected.class);
      assertThatThrownBy(() -> exec(ALLOWED, List.of("echo"))).isInstanceOf(Rejected.class);
      assertThatThrownBy(() -> exec(ALLOWED, List.of())).isInstanceOf(Rejected.class);
      assertThatThrownBy(() -> handlers("exec.allowed = [echo]"))
          .hasMessage("reeve.worker.builtin.exec.allowed: expected absolute paths, got echo");
    }

    @Test
    void anotherExitCodeFailsWithItAndTheErrorText() {
      assertThatThrownBy(
              () -> exec(ALLOWED, List.of(SHELL, "-c", "echo no such thing >&2; exit 3")))
          .isInstanceOfSatisfying(
              Failed.class, failed -> assertThat(failed.code()).isEqualTo("exit-3"))
          .hasMessage("the command ended with exit code 3: no such thing");
    }

    @Test
    void cutsWhatIsOverTheBoundAndLetsTheCommandGoOn() throws Exception {
      var result =
          exec(
              ALLOWED + ", exec.output-max = 10",
              List.of(SHELL, "-c", "head -c 500000 /dev/zero | tr '\\0' x"));

      assertThat(result.get("stdout").asText()).isEqualTo("xxxxxxxxxx");
      assertThat(result.get("truncated").asBoolean()).isTrue();
    }

    @Test
    void aTaskSetsOnlyTheVariablesThatAreAllowed() throws Exception {
      var allowed = ALLOWED + ", exec.allowed-environment = [COLOR]";
      var say = List.of(SHELL, "-c", "echo $COLOR $SECRET");

      assertThat(exec(allowed, say, "\"env\":{\"COLOR\":\"red\"}").get("stdout").asText())
          .isEqualTo("red\n");
      assertThatThrownBy(() -> exec(allowed, say, "\"env\":{\"LD_PRELOAD\":\"x\"}"))
          .isInstanceOf(Rejected.class);
    }

    @Test
    void runsInTheDirectoryThatTheTaskNames() throws Exception {
      var result = exec(ALLOWED, List.of(SHELL, "-c", "pwd"), "\"cwd\":\"" + directory + "\"");

      assertThat(result.get("stdout").asText().trim()).isEqualTo(directory.toRealPath().toString());
      assertThatThrownBy(() -> exec(ALLOWED, List.of("/bin/echo"), "\"cwd\":\"/no/such\""))
          .isInstanceOf(Rejected.class);
    }

    @Test
    void aCommandThatTakesTooLongIsKilled() {
      assertThatThrownBy(
              () -> exec(ALLOWED, List.of(SHELL, "-c", "sleep 100"), "\"timeout\":\"100ms\""))
          .isInstanceOfSatisfying(
              Failed.class, failed -> assertThat(failed.code()).isEqualTo("timeout"));
    }

    @Test
    void onCancellationTheProcessAndItsDescendantsAreKilled() throws Exception {
      var pids = directory.resolve("pids");
      var script =
          "sleep 300 & echo $$ $! > " + pids + ".new; mv " + pids + ".new " + pids + "; wait";
      var failure = new AtomicReference<Throwable>();
      var thread =
          new Thread(
              () -> failure.set(catchThrowable(() -> exec(ALLOWED, List.of(SHELL, "-c", script)))));
      thread.start();
      Await.until("the process", () -> Files.exists(pids));
      var family =
          List.of(Files.readString(pids).trim().split(" ")).stream().map(Long::valueOf).toList();

      thread.interrupt();

      Await.until(
          "the end of the family",
          () ->
              family.stream()
                  .noneMatch(
                      pid -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)));
      thread.join(10_000);
      assertThat(failure.get()).isInstanceOf(InterruptedException.class);
    }

    private JsonNode exec(String settings, List<String> command, String... more) throws Exception {
      var payload =
          "{\"command\":"
              + JSON.writeValueAsString(command)
              + (more.length == 0 ? "" : "," + String.join(",", more))
              + "}";
      return JSON.valueToTree(run("exec", settings, payload));
    }
  }

  @Nested
  class Http {

    private final HttpServer server = start();
    private final String base = "http://127.0.0.1:" + server.getAddress().getPort();
    private final String allowed = "http.allowed = [\"" + base + "/in/\"]";
    private final CountDownLatch gate = new CountDownLatch(1);

    private static HttpServer start() {
      try {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return HttpServer.create(address, 0);
      } catch (IOException failure) {
        throw new IllegalStateException(failure);
      }
    }

    @BeforeEach
    void serve() {
      answer("/in/ok", 200, "fine");
      answer("/in/missing", 404, "");
      answer("/in/broken", 500, "");
      answer("/in/busy", 503, "", "Retry-After", "7");
      answer("/in/moved", 302, "", "Location", "/in/ok");
      answer("/in/away", 302, "", "Location", "/out");
      answer("/in/loop", 302, "", "Location", "/in/loop");
      answer("/out", 200, "secret");
      server.createContext(
          "/in/echo",
          exchange -> {
            var body = exchange.getRequestBody().readAllBytes();
            var said =
                exchange.getRequestMethod()
                    + " "
                    + exchange.getRequestHeaders().getFirst("X-Say")
                    + " "
                    + new String(body, UTF_8);
            exchange.sendResponseHeaders(201, 0);
            try (var out = exchange.getResponseBody()) {
              out.write(said.getBytes(UTF_8));
            }
          });
      server.createContext(
          "/in/slow",
          exchange -> {
            try {
              gate.await();
            } catch (InterruptedException interrupted) {
              Thread.currentThread().interrupt();
            }
            exchange.close();
          });
      server.start();
    }

    @AfterEach
    void stop() {
      gate.countDown();
      server.stop(0);
    }

    @Test
    void keepsStatusHeadersAndBody() throws Exception {
      var result = call("/in/ok", "");

      assertThat(result.get("status").asInt()).isEqualTo(200);
      assertThat(result.get("body").asText()).isEqualTo("fine");
      assertThat(result.get("headers").get("content-length").asText()).isEqualTo("4");
      assertThat(result.get("truncated").asBoolean()).isFalse();
    }

    @Test
    void sendsMethodHeadersAndBody() throws Exception {
      var result =
          call("/in/echo", ",\"method\":\"POST\",\"headers\":{\"X-Say\":\"hi\"},\"body\":\"b\"");

      assertThat(result.get("body").asText()).isEqualTo("POST hi b");
    }

    @Test
    void cutsWhatIsOverTheBound() throws Exception {
      var result =
          JSON.<JsonNode>valueToTree(
              run("http", allowed + ", http.response-max = 2", "{\"url\":\"" + base + "/in/ok\"}"));

      assertThat(result.get("body").asText()).isEqualTo("fi");
      assertThat(result.get("truncated").asBoolean()).isTrue();
    }

    @Test
    void errorsOfTheServerMayBeTriedAgainThoseOfTheCallerMayNot() {
      assertThatThrownBy(() -> call("/in/broken", ""))
          .isInstanceOfSatisfying(
              Failed.class, failed -> assertThat(failed.code()).isEqualTo("http-500"));
      assertThatThrownBy(() -> call("/in/missing", ""))
          .isInstanceOfSatisfying(
              PermanentFailure.class, failed -> assertThat(failed.code()).isEqualTo("http-404"));
    }

    @Test
    void retryAfterIsHonoured() {
      assertThatThrownBy(() -> call("/in/busy", ""))
          .isInstanceOfSatisfying(
              RetryLater.class,
              later -> assertThat(later.delay()).isEqualTo(Duration.ofSeconds(7)));
      assertThat(RetryAfter.parse("Fri, 20 Nov 2026 20:00:10 GMT", 1_795_204_800_000L))
          .isEqualTo(Duration.ofSeconds(10));
      assertThat(RetryAfter.parse("999999999", 0)).isEqualTo(Duration.ofDays(1));
      assertThat(RetryAfter.parse("tomorrow", 0)).isNull();
    }

    @Test
    void redirectsStayInsideTheAllowList() throws Exception {
      assertThat(call("/in/moved", "").get("body").asText()).isEqualTo("fine");
      assertThatThrownBy(() -> call("/in/away", "")).isInstanceOf(Rejected.class);
      assertThatThrownBy(() -> call("/in/loop", ""))
          .isInstanceOf(PermanentFailure.class)
          .hasMessage("more than 5 redirects");
    }

    @Test
    void aCallThatTakesTooLongFails() {
      assertThatThrownBy(() -> call("/in/slow", ",\"timeout\":0.1"))
          .isInstanceOfSatisfying(
              Failed.class, failed -> assertThat(failed.code()).isEqualTo("timeout"));
    }

    @Test
    void nothingIsAllowedUnlessTheSettingsAllowIt() {
      assertThatThrownBy(() -> call("/out", "")).isInstanceOf(Rejected.class);
      assertThatThrownBy(() -> run("http", "", "{\"url\":\"" + base + "/in/ok\"}"))
          .isInstanceOf(Rejected.class);
      assertThatThrownBy(() -> run("http", allowed, "{}")).isInstanceOf(Rejected.class);
    }

    @ParameterizedTest
    @CsvSource({
      "https://a.example/in, true",
      "https://A.EXAMPLE/in/x?y=1, true",
      "https://a.example:443/in/x, true",
      "https://a.example/inner, false",
      "https://a.example/in/../out, false",
      "https://a.example/in/%2e%2e/out, false",
      "https://a.example/in/%2E./out, false",
      "http://a.example/in, false",
      "https://a.example:8443/in, false",
      "https://a.example.evil/in, false",
      "https://a.example@evil/in, false",
      "https://evil/https://a.example/in, false",
      "ftp://b.example/x, false",
      "http://b.example:81/anything, true",
      "file:///etc/passwd, false",
      "/in, false",
    })
    void theAllowListComparesPartByPart(String url, boolean expected) {
      var list = UrlAllowList.of("allowed", List.of("https://a.example/in", "b.example"));

      assertThat(list.allows(URI.create(url))).isEqualTo(expected);
    }

    @Test
    void anEntryThatCannotMeanAnythingIsRefused() {
      for (var entry : List.of("ftp://a", "https://a/?q=1", "https://u@a/", "a/b", "")) {
        assertThatThrownBy(() -> UrlAllowList.of("allowed", List.of(entry)))
            .hasMessageStartingWith("allowed: expected prefixes of URLs");
      }
    }

    private JsonNode call(String path, String more) throws Exception {
      return JSON.valueToTree(
          run("http", allowed, "{\"url\":\"" + base + path + "\"" + more + "}"));
    }

    private void answer(String path, int status, String body, String... header) {
      server.createContext(
          path,
          exchange -> {
            if (header.length == 2) {
              exchange.getResponseHeaders().add(header[0], header[1]);
            }
            var bytes = body.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            try (var out = exchange.getResponseBody()) {
              out.write(bytes);
            }
          });
    }
  }

  private static final Charset UTF_8 = StandardCharsets.UTF_8;

  private static Map<String, TaskHandler> handlers(String settings) {
    var config =
        ConfigFactory.parseString("reeve.worker.builtin { " + settings + " }")
            .withFallback(ConfigFactory.load());
    return Builtin.handlers(
        BuiltinSettings.from(config),
        Map.of("PATH", "/usr/bin:/bin")::get,
        System::nanoTime,
        System::currentTimeMillis);
  }

  private static Object run(String kind, String settings, String payload) throws Exception {
    var handler = Objects.requireNonNull(handlers(settings).get(kind));
    var result = handler.handle(task("t1", payload));
    return result == null ? "" : result;
  }

  private static TaskContext task(String id, String payload) {
    var surroundings =
        new Attempt.Surroundings(System::nanoTime, Runnable::run, attempt -> {}, JSON);
    return new Attempt(
        Assignment.newBuilder()
            .setTaskId(id)
            .setFence(1)
            .setAttempt(1)
            .setSpec(TaskSpec.newBuilder().setPayload(ByteString.copyFromUtf8(payload)))
            .build(),
        surroundings,
        0,
        0);
  }
}
