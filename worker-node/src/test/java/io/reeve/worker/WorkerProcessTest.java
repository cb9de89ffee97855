package io.reeve.worker;

import static io.reeve.worker.FakeServer.task;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worker as a process of its own. */
class WorkerProcessTest {

  private final FakeServer server = new FakeServer();
  @TempDir private Path directory = Path.of("");
  private @Nullable Process process;

  @AfterEach
  void end() throws InterruptedException {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
    server.close();
  }

  @Test
  void onSigtermItFinishesHandsBackSaysGoodbyeAndExitsWithZero() throws Exception {
    var worker =
        start(
            Map.of("ORCHESTRATOR_ENDPOINT", server.endpoint(), "WORKER_POOL_CAPACITY", "2"),
            "-Dreeve.worker.pool.prefetch=1",
            "-Dreeve.worker.pool.urgent-percentage=0");
    var session = server.session(1);
    session.assign(
        task("quick", "echo", "x"), task("runs1", "sleep", "2s"), task("runs2", "sleep", "2s"));
    session.settlementOf("quick");
    session.assign(task("waits", "sleep", "2s"));
    Await.until(
        "two running",
        () ->
            session.heartbeats.stream()
                .anyMatch(beat -> beat.getActive() == 2 && beat.getQueuedNormal() == 1));

    worker.destroy();

    assertThat(worker.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(worker.exitValue()).isZero();
    assertThat(session.settlementOf("runs1").hasCompleted()).isTrue();
    assertThat(session.settlementOf("runs2").hasCompleted()).isTrue();
    assertThat(session.settlementOf("waits").hasReleased()).isTrue();
    assertThat(session.goodbye).isNotNull();
    assertThat(output())
        .anyMatch(
            line ->
                line.matches(
                    "worker \\S+ pool-1: registered at "
                        + server.endpoint()
                        + " \\(node fake\\), capacity 3, urgent reserve 0, queues default,"
                        + " kinds exec,http,sleep,echo,fail,simulate"))
        .anyMatch(line -> line.startsWith("pool-1: ended, all settled or handed back"));
  }

  @Test
  void aSecondSignalHandsBackWhatRuns() throws Exception {
    var worker =
        start(
            Map.of("ORCHESTRATOR_ENDPOINT", server.endpoint()),
            "-Dreeve.worker.drain.finish-within=1h");
    var session = server.session(1);
    session.assign(task("runs", "sleep", "1h"));
    Await.until(
        "one running", () -> session.heartbeats.stream().anyMatch(beat -> beat.getActive() == 1));

    interrupt(worker);
    Await.until("what it waits for", () -> said("waits at most 1 h for 1 running task;"));
    interrupt(worker);

    assertThat(session.settlementOf("runs").hasReleased()).isTrue();
    assertThat(worker.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(worker.exitValue()).isZero();
    assertThat(output())
        .anyMatch(line -> line.endsWith("4 slots, 3 for any task, 1 for urgent tasks only"));
  }

  private static void interrupt(Process worker) throws Exception {
    var kill = new ProcessBuilder("kill", "-INT", String.valueOf(worker.pid())).start();
    assertThat(kill.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(kill.exitValue()).isZero();
  }

  private boolean said(String text) {
    try {
      return output().stream().anyMatch(line -> line.contains(text));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  @Test
  void anUnusableVariableStopsItAtStart() throws Exception {
    var worker = start(Map.of("WORKER_POOL_URGENT_PERCENTAGE", "101"));

    assertThat(worker.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(worker.exitValue()).isEqualTo(WorkerMain.UNUSABLE);
    assertThat(output())
        .contains("WORKER_POOL_URGENT_PERCENTAGE: expected a whole number from 0 to 100, got 101");
  }

  private Process start(Map<String, String> environment, String... options) throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command = new ArrayList<>(List.of(java, "-Xmx256m", "-XX:+UseSerialGC"));
    // Not what is tested: a process that starts on a busy machine takes its time to connect.
    command.add("-Dreeve.worker.link.welcome-within=1m");
    command.addAll(List.of(options));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), WorkerMain.class.getName()));
    var builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(directory.resolve("output").toFile());
    var started = builder.start();
    process = started;
    return started;
  }

  private List<String> output() throws IOException {
    return Files.readAllLines(directory.resolve("output"));
  }
}
