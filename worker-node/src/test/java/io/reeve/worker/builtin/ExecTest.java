package io.reeve.worker.builtin;

import static io.reeve.worker.builtin.BuiltinKinds.handlers;
import static io.reeve.worker.builtin.BuiltinKinds.run;
import static io.reeve.worker.builtin.BuiltinKinds.settings;
import static io.reeve.worker.builtin.BuiltinKinds.task;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reeve.worker.Await;
import io.reeve.worker.Failed;
import io.reeve.worker.Rejected;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExecTest {

  private static final ObjectMapper JSON = new ObjectMapper();

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
    assertThatThrownBy(() -> exec(ALLOWED, List.of(SHELL, "-c", "echo no such thing >&2; exit 3")))
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
            Failed.class, failed -> assertThat(failed.code()).isEqualTo("timeout"))
        .hasMessage("the command ran longer than its timeout of 100 ms");
  }

  @Test
  void onCancellationTheProcessAndItsDescendantsAreKilled() throws Exception {
    var pids = directory.resolve("pids");
    var failure = new AtomicReference<Throwable>();
    var thread =
        new Thread(
            () ->
                failure.set(
                    catchThrowable(
                        () -> exec(ALLOWED, List.of(SHELL, "-c", sleepersWriting(pids))))));
    thread.start();
    var family = awaitPids(pids);

    thread.interrupt();

    for (var pid : family) {
      awaitEnd(pid);
    }
    thread.join(10_000);
    assertThat(failure.get()).isInstanceOf(InterruptedException.class);
  }

  @Test
  void binaryOutputIsCutUntilTheResultFits() throws Exception {
    var script = "head -c 65536 /dev/zero; head -c 65536 /dev/zero >&2";
    var payload = "{\"command\":[\"/bin/sh\",\"-c\",\"" + script + "\"]}";

    var bytes = (byte[]) run("exec", ALLOWED, payload);

    assertThat(bytes.length).isBetween(BuiltinKinds.RESULT_MAX - 12, BuiltinKinds.RESULT_MAX);
    var result = JSON.readTree(bytes);
    assertThat(result.get("truncated").asBoolean()).isTrue();
    assertThat(result.get("stdout").asText()).hasSameSizeAs(result.get("stderr").asText());
  }

  @Test
  void base64KeepsEveryByte() throws Exception {
    var result =
        exec(ALLOWED, List.of(SHELL, "-c", "printf '\\377\\000\\200'"), "\"encoding\":\"base64\"");

    assertThat(result.get("stdout").binaryValue()).containsExactly(0xFF, 0, 0x80);
    assertThat(result.get("encoding").asText()).isEqualTo("base64");
    assertThat(result.get("truncated").asBoolean()).isFalse();
    assertThatThrownBy(() -> exec(ALLOWED, List.of("/bin/echo"), "\"encoding\":\"hex\""))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining("[text, base64]");
  }

  @Test
  void processesThatACommandLeavesRunningEndWithIt() throws Exception {
    var result = exec(ALLOWED, List.of(SHELL, "-c", "sleep 300 & echo $!"));

    awaitEnd(Long.parseLong(result.get("stdout").asText().trim()));
  }

  @Test
  void aProcessThatLeftItsSessionHoldsNoThread() throws Exception {
    var result = exec(ALLOWED, List.of(SHELL, "-c", "setsid sleep 300 & echo $!"));

    var escaped = Long.parseLong(result.get("stdout").asText().trim());
    try {
      assertThat(Thread.getAllStackTraces().keySet())
          .extracting(Thread::getName)
          .filteredOn(name -> name.startsWith("reeve-exec"))
          .allMatch(name -> name.equals("reeve-exec-starter"));
    } finally {
      ProcessHandle.of(escaped).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void aCommandEndsWithAWorkerThatIsKilled() throws Exception {
    var pids = directory.resolve("pids");
    var worker =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                ExecVictim.class.getName(),
                sleepersWriting(pids))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var family = awaitPids(pids);

    worker.destroyForcibly();

    for (var pid : family) {
      awaitEnd(pid);
    }
  }

  @Test
  void whenTheGuardWasKilledAnotherOneEndsWhatIsLeft() throws Exception {
    var handler = Objects.requireNonNull(handlers(ALLOWED).get("exec"));
    var before = guards();
    handler.handle(task("t1", "{\"command\":[\"/bin/echo\"]}"));
    var guard = guards();
    guard.removeAll(before);
    assertThat(guard).hasSize(1);
    for (var pid : guard) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      awaitEnd(pid);
    }

    var result =
        handler.handle(task("t2", "{\"command\":[\"/bin/sh\",\"-c\",\"sleep 300 & echo $!\"]}"));

    var left = JSON.readTree((byte[]) Objects.requireNonNull(result)).get("stdout").asText();
    awaitEnd(Long.parseLong(left.trim()));
  }

  private static Set<Long> guards() {
    return ProcessHandle.current()
        .children()
        .filter(
            child ->
                String.join(" ", child.info().arguments().orElse(new String[0]))
                    .endsWith(" reeve-exec-guard"))
        .map(ProcessHandle::pid)
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "ls",
        "{}",
        "{\"command\":null}",
        "{\"command\":[]}",
        "{\"command\":\"/bin/echo\"}",
        "{\"command\":[null]}",
        "{\"command\":[\"/bin/echo\",null]}",
        "{\"command\":[\"/bin/echo\",\"a\\u0000b\"]}",
        "{\"command\":[\"/bin/echo\"],\"env\":{\"COLOR\":null}}",
        "{\"command\":[\"/bin/echo\"],\"env\":{\"COLOR\":\"a\\u0000b\"}}",
        "{\"command\":[\"/bin/echo\"],\"cwd\":\"/\\u0000\"}"
      })
  void anOrderThatCannotBeReadIsRejectedWithAnExample(String payload) {
    assertThatThrownBy(() -> run("exec", ALLOWED + ", exec.allowed-environment = [COLOR]", payload))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining("expected a payload such as {\"command\": [\"/usr/bin/sha256sum\"")
        .hasMessageContaining("; got ");
  }

  @Test
  void argumentsThatTheSystemCannotPassOnAreRejected() {
    assertThatThrownBy(() -> exec(ALLOWED, List.of("/bin/echo", "x".repeat(200_000))))
        .isInstanceOfSatisfying(
            Rejected.class,
            rejected -> assertThat(rejected.code()).isEqualTo("ARGUMENTS_TOO_LONG"));
  }

  @Test
  void textThatTheLocaleCannotExpressIsRejected() {
    var handler =
        new ExecHandler(
            settings(ALLOWED).exec(),
            Map.of("PATH", "/usr/bin:/bin")::get,
            System::nanoTime,
            new NativeText(List.of(US_ASCII)));

    assertThatThrownBy(() -> handler.handle(task("t1", "{\"command\":[\"/bin/echo\",\"größe\"]}")))
        .isInstanceOfSatisfying(
            Rejected.class, rejected -> assertThat(rejected.code()).isEqualTo("NOT_ENCODABLE"))
        .hasMessageContaining("LC_ALL=C.UTF-8");
  }

  @Test
  void aTimeoutOfZeroMeansTheDefault() throws Exception {
    var result = exec(ALLOWED, List.of(SHELL, "-c", "sleep 0.05; echo late"), "\"timeout\":0");

    assertThat(result.get("stdout").asText()).isEqualTo("late\n");
    assertThatThrownBy(() -> exec(ALLOWED, List.of("/bin/echo"), "\"timeout\":5"))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining("a time with a unit");
  }

  @Test
  void anAllowedExecutableThatIsNotHereMayBeTriedElsewhere() {
    assertThatThrownBy(() -> exec("exec.allowed = [\"/no/such\"]", List.of("/no/such")))
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.code()).isEqualTo("NOT_EXECUTABLE"));
  }

  @Test
  void theErrorTextIsNotCutInsideACharacter() {
    var script =
        "i=0; while [ $i -lt 1001 ]; do printf '\\360\\237\\230\\200' >&2; i=$((i+1)); done; printf x >&2; exit 1";

    assertThatThrownBy(() -> exec(ALLOWED, List.of(SHELL, "-c", script)))
        .hasMessageMatching("the command ended with exit code 1: (\\x{1F600})+x");
  }

  /** A script that starts a process, writes its own id and that one's, and never ends. */
  private static String sleepersWriting(Path pids) {
    return "sleep 300 & echo $$ $! > " + pids + ".new; mv " + pids + ".new " + pids + "; wait";
  }

  private static List<Long> awaitPids(Path pids) throws IOException {
    Await.until("the process", () -> Files.exists(pids));
    return Stream.of(Files.readString(pids).trim().split(" ")).map(Long::valueOf).toList();
  }

  private static void awaitEnd(long pid) {
    Await.until("the end of process " + pid, () -> !runs(pid));
  }

  /** Not so for one that has ended and waits to be reaped by whoever adopted it. */
  private static boolean runs(long pid) {
    try {
      return !Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
    } catch (IOException gone) {
      return false;
    }
  }

  private JsonNode exec(String settings, List<String> command, String... more) throws Exception {
    var payload =
        "{\"command\":"
            + JSON.writeValueAsString(command)
            + (more.length == 0 ? "" : "," + String.join(",", more))
            + "}";
    return JSON.readTree((byte[]) run("exec", settings, payload));
  }
}
