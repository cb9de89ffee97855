package io.reeve.cli;

import io.reeve.cli.demo.Demo;
import io.reeve.cli.demo.FileChoice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reeve demo}. */
@Command(
    name = "demo",
    description = {
      "Shows in under a minute how Reeve works and what happens when a worker crashes.",
      "It starts a node with a new data directory and two workers, and submits one task per file"
          + " of DIR. Each task computes the SHA-256 of its file with the tool of the system."
          + " The demo kills a worker halfway (SIGKILL) and checks every result against digests"
          + " that it computes itself. Then it stops and removes everything that it started. The"
          + " exit code is 1 if a task is lost or a result is wrong."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve demo",
      "  reeve demo ~/Documents --files 500",
      "  reeve demo --keep --output json"
    })
final class DemoCommand extends AnsweringCommand {

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      converter = DirectoryText.class,
      description = "Directory with files. Default: the files of Java and of /usr.")
  @Nullable Path directory;

  @Option(
      names = {"-n", "--files"},
      paramLabel = "N",
      defaultValue = "2000",
      description = "Most files. Default: 2000.")
  int files = 2000;

  @Option(
      names = "--file-size",
      paramLabel = "BYTES",
      defaultValue = "262144",
      description = "Larger files are skipped. Default: 262144.")
  long fileSize = 262_144;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "2m",
      converter = DurationText.class,
      description = "Tasks that have not ended after this time count as lost. Default: 2m.")
  Duration timeout = Duration.ofMinutes(2);

  @Mixin RunOptions run = new RunOptions();

  private final Programs programs;

  DemoCommand(Terminal terminal, Programs programs) {
    super(terminal);
    this.programs = programs;
  }

  @Override
  ExitCode run() throws IOException {
    if (files < 2) {
      throw new IllegalArgumentException("expected --files of 2 or more, got " + files);
    }
    var tool =
        FileChoice.digestTool()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "expected sha256sum or shasum on this system, found neither"));
    var roots = directory == null ? FileChoice.surelyThere() : List.of(directory);
    var chosen = new FileChoice(files, fileSize).below(roots);
    if (chosen.size() < 2) {
      throw new IllegalArgumentException(
          "expected at least 2 readable files of at most "
              + fileSize
              + " bytes in "
              + roots
              + ", found "
              + chosen.size());
    }
    var place = run.place("reeve-demo-");
    try (var processes = run.processes(programs, place);
        var progress = new Bar(chosen.size())) {
      say(
          "Reeve demo: "
              + chosen.size()
              + " files, one "
              + Path.of(tool.get(0)).getFileName()
              + " task each");
      var outcome =
          new Demo(processes, place.resolve("data"), tool, timeout, terminal.nanoTime(), progress)
              .run(chosen);
      progress.finish();
      report(outcome);
      if (run.keep) {
        say("kept          " + place);
      }
      return outcome.verdict().good() ? ExitCode.OK : ExitCode.FAILED;
    }
  }

  private void report(Demo.Outcome outcome) {
    var verdict = outcome.verdict();
    if (output.json()) {
      var json =
          Json.object()
              .put("tasks", verdict.tasks())
              .put("urgent", outcome.urgent())
              .put("completed", verdict.completed())
              .put("attempts", verdict.attempts())
              .put("redeliveries", verdict.redeliveries())
              .put("lost", verdict.lost().size())
              .put("wrong", verdict.wrong().size())
              .put("inTime", outcome.inTime())
              .put("elapsedMs", outcome.took().toMillis())
              .put("tasksPerSecond", Math.round(outcome.tasksPerSecond() * 10) / 10.0)
              .put("startP50Ms", verdict.startP50().toMillis())
              .put("startP99Ms", verdict.startP99().toMillis());
      print(Json.line(json));
      return;
    }
    print("tasks", verdict.tasks() + ", " + outcome.urgent() + " of them urgent");
    print("completed", Integer.toString(verdict.completed()));
    print("attempts", Long.toString(verdict.attempts()));
    print("redelivered", verdict.redeliveries() + " after the kill of a worker");
    print("lost", bad(verdict.lost().size()));
    print("wrong", bad(verdict.wrong().size()));
    print(
        "throughput",
        String.format(
            Locale.ROOT,
            "%.0f tasks/s over %s",
            outcome.tasksPerSecond(),
            DurationText.of(outcome.took())));
    print(
        "submit→start",
        "p50 "
            + DurationText.of(verdict.startP50())
            + ", p99 "
            + DurationText.of(verdict.startP99())
            + " (all were submitted at once)");
    if (!outcome.inTime()) {
      say("time ran out before all tasks had ended; see --timeout");
    }
  }

  private String bad(int count) {
    return (count == 0 ? Colour.GOOD : Colour.BAD)
        .paint(Integer.toString(count), terminal.colours());
  }

  private void say(String text) {
    (output.json() ? terminal.err() : terminal.out()).println(text);
  }

  /** Shows the run on a terminal as a bar, elsewhere as a few lines. */
  private final class Bar implements Demo.Listener, AutoCloseable {
    private final Progress progress;

    Bar(int tasks) {
      this.progress = Progress.of(terminal, "tasks", tasks);
    }

    @Override
    public void started(long nodePid, String endpoint, long firstPid, long secondPid) {
      say(
          "started       node "
              + nodePid
              + " on "
              + endpoint
              + ", workers "
              + firstPid
              + " and "
              + secondPid);
    }

    @Override
    public void submitted(int tasks, int urgent, Duration took) {
      say("submitted     " + tasks + " tasks durably in " + DurationText.of(took));
    }

    @Override
    public void progress(int ended, int running) {
      progress.stepTo(ended);
      progress.message(running + " running");
    }

    @Override
    public void killed(long workerPid, int ended, int tasks) {
      say(
          "killed        worker "
              + workerPid
              + " with SIGKILL after "
              + ended
              + " of "
              + tasks
              + " tasks");
    }

    void finish() {
      progress.finish();
    }

    @Override
    public void close() {
      progress.close();
    }
  }
}
