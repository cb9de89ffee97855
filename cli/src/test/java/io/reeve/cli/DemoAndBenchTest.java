package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.reeve.bench.process.ReeveProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Demo and benchmark with real processes: a server that keeps its tasks in memory, real workers,
 * the system's own digest tool.
 */
@Timeout(180)
class DemoAndBenchTest {

  private static final Programs PROGRAMS =
      new Programs(
          (file, settings) -> 1,
          (file, settings) -> 1,
          ReeveProcesses.thisProgram(FakeNodeMain.class.getName()));

  private final CommandLineRun cli = new CommandLineRun();

  /** A worker of an earlier test in this JVM keeps the guard of its commands until the JVM ends. */
  private final Set<ProcessHandle> before =
      ProcessHandle.current().descendants().collect(Collectors.toSet());

  @Test
  void theDemoLosesNothingWhenAWorkerIsKilled(@TempDir Path files) throws IOException {
    for (var i = 0; i < 60; i++) {
      Files.writeString(files.resolve("file-" + i), "content " + i);
    }

    var exitCode = cli.run(PROGRAMS, "demo", files.toString(), "-o", "json");

    assertThat(exitCode).as(cli.err()).isZero();
    var report = new ObjectMapper().readTree(cli.out());
    assertThat(report.get("tasks").asInt()).isEqualTo(60);
    assertThat(report.get("completed").asInt()).isEqualTo(60);
    assertThat(report.get("urgent").asInt()).isEqualTo(12);
    assertThat(report.get("lost").asInt()).isZero();
    assertThat(report.get("wrong").asInt()).isZero();
    assertThat(cli.err()).contains("with SIGKILL after");
    assertThat(left()).isEmpty();
  }

  @Test
  void aNodeThatDoesNotStartIsToldWithItsLastLines(@TempDir Path files) throws IOException {
    for (var i = 0; i < 3; i++) {
      Files.writeString(files.resolve("file-" + i), "content " + i);
    }
    var broken =
        new Programs(
            PROGRAMS.node(),
            PROGRAMS.worker(),
            List.of("/bin/sh", "-c", "echo no port >&2; echo is free >&2; exit 1"));

    assertThat(cli.run(broken, "demo", files.toString())).isEqualTo(1);

    assertThat(cli.err()).startsWith("reeve: the node did not start:\nno port\nis free\n");
  }

  @Test
  void aDirectoryWithoutFilesIsAMistakeOfTheCaller(@TempDir Path empty) {
    assertThat(cli.run(PROGRAMS, "demo", empty.toString())).isEqualTo(2);

    assertThat(cli.err()).contains("expected at least 2 readable files");
  }

  @Test
  void theBenchmarkReportsEveryPhase(@TempDir Path directory) throws IOException {
    var file = directory.resolve("report.json");

    var exitCode =
        cli.run(
            PROGRAMS,
            "bench",
            "--quick",
            "--no-strace",
            "--tasks",
            "2000",
            "--singles",
            "10",
            "--json-file",
            file.toString());

    assertThat(exitCode).as(cli.err()).isZero();
    var report = new ObjectMapper().readTree(file.toFile());
    assertThat(report.get("phases"))
        .extracting(phase -> phase.get("name").asText())
        .isEqualTo(List.of("bulk submit", "drain", "end to end"));
    assertThat(report.at("/latency/startP50Ms/median").asDouble()).isPositive();
    assertThat(cli.out()).contains("cold start: ready after").contains("submit → start p99");
    assertThat(left()).isEmpty();
  }

  /** The processes that this test started and left, as people can tell them apart. */
  private List<String> left() {
    return ProcessHandle.current()
        .descendants()
        .filter(process -> !before.contains(process))
        .map(process -> process.pid() + " " + process.info())
        .toList();
  }
}
