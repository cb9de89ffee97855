package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Somebody presses Ctrl-C, or a machine goes down, in the middle of a demonstration. */
@Tag("slow")
class DemoIsInterrupted {

  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String PROGRAM = "io.reeve.cli.ReeveMain";

  @RegisterExtension private final Fleet fleet = new Fleet();

  /** The exit codes are those that a shell gives to the end by a signal. */
  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void itTakesAllItStartedAlong(String signal, int exitCode, @TempDir Path files)
      throws IOException, ClassNotFoundException {
    for (var i = 0; i < 3000; i++) {
      Files.writeString(files.resolve("file-" + i), "content " + i);
    }
    var demo = fleet.process("demo", Class.forName(PROGRAM), "demo", files.toString());
    Await.until("tasks were submitted", SOON, () -> demo.said().contains("submitted"));
    var started = demo.descendants();
    assertThat(started).as("a node and two workers").hasSizeGreaterThanOrEqualTo(3);

    Signals.send("-" + signal, List.of(demo.pid()));

    assertThat(demo.awaitExit()).isEqualTo(exitCode);
    Await.until(
        "what it started is gone", SOON, () -> started.stream().noneMatch(ProcessHandle::isAlive));
  }
}
