package io.reeve.cli;

import io.reeve.cli.cluster.ClusterDemo;
import io.reeve.postgres.LocalPostgres;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reeve cluster-demo}. */
@Command(
    name = "cluster-demo",
    description = {
      "Shows in about two minutes how a cluster works and what happens when a node crashes.",
      "It starts PostgreSQL, three nodes and workers that know all of them, and submits tasks at"
          + " a steady rate through all nodes. It kills the node with the dispatcher (SIGKILL)"
          + " and starts it again, then stops another node (SIGTERM) and starts it again."
          + " Finally it checks every task in the journal and through each node, and stops and"
          + " removes everything that it started. The exit code is 1 if a task is lost, runs"
          + " twice or has a wrong result, or if work does not continue everywhere in time after"
          + " the kill: 20 s, or 10 s with --profile fast.",
      "With "
          + LocalPostgres.URL_VARIABLE
          + " set, that server is used, and a schema of its own left there."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve cluster-demo",
      "  reeve cluster-demo --profile fast --rate 300",
      "  reeve cluster-demo --keep --output json"
    })
final class ClusterDemoCommand extends AnsweringCommand {

  private static final int RATE_MIN = 50;
  private static final int RATE_MAX = 2_000;
  private static final int WORKERS_MAX = 20;
  private static final int SECONDS_MAX = 3_600;
  private static final int SAFE_BOUND_SECONDS = 20;
  private static final int FAST_BOUND_SECONDS = 10;
  private static final int BOUND_SECONDS_MAX = 600;

  /** How soon silent nodes count as dead. */
  enum Profile {
    safe,
    fast
  }

  @Option(
      names = {"-r", "--rate"},
      paramLabel = "N",
      defaultValue = "200",
      description = "Tasks submitted per second, 50 to 2000. Default: 200.")
  int rate = 200;

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "2",
      description = "Worker processes, 1 to 20. Default: 2.")
  int workers = 2;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "10",
      description = "Shortest duration of each of the five phases in seconds. Default: 10.")
  int seconds = 10;

  @Option(
      names = "--profile",
      paramLabel = "safe|fast",
      defaultValue = "safe",
      description = "How soon a silent node counts as dead, as reeve.cluster.failure-profile.")
  Profile profile = Profile.safe;

  @Option(
      names = "--within",
      paramLabel = "SECONDS",
      description = {
        "Time in which work must continue everywhere after the crash, 1 to 600; otherwise the"
            + " exit code is 1. Default: 20, or 10 with the profile fast. A busy machine needs"
            + " more."
      })
  @Nullable Integer boundSeconds;

  @Mixin RunOptions run = new RunOptions();

  private final Programs programs;

  ClusterDemoCommand(Terminal terminal, Programs programs) {
    super(terminal);
    this.programs = programs;
  }

  @Override
  ExitCode run() throws IOException {
    within("--rate", rate, RATE_MIN, RATE_MAX);
    within("--workers", workers, 1, WORKERS_MAX);
    within("--seconds", seconds, 1, SECONDS_MAX);
    within("--within", bound(), 1, BOUND_SECONDS_MAX);
    return show();
  }

  private static void within(String option, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          "expected " + option + " of " + min + " to " + max + ", got " + value);
    }
  }

  private ExitCode show() throws IOException {
    var place = run.place("reeve-cluster-demo-");
    var name = RunSchema.newRun(terminal.random());
    try (var text = new ClusterDemoText(terminal, output.json());
        var postgres = LocalPostgres.start(terminal.environment(), terminal.random());
        var processes = run.processes(programs, place)) {
      text.begin(rate, workers, profile.name(), postgres.isOwn());
      var schema = new RunSchema(postgres.url(), "reeve_demo_" + name);
      var outcome =
          new ClusterDemo(
                  processes,
                  place.resolve("data"),
                  schema.configuration(),
                  schema.environment(),
                  plan(),
                  name,
                  terminal.clock(),
                  text)
              .run();
      text.report(outcome);
      if (!postgres.isOwn()) {
        text.say("schema", schema.leftBehind());
      }
      if (run.keep) {
        text.say("kept", place.toString());
      }
      return outcome.good() ? ExitCode.OK : ExitCode.FAILED;
    }
  }

  private int bound() {
    if (boundSeconds != null) {
      return boundSeconds;
    }
    return profile == Profile.fast ? FAST_BOUND_SECONDS : SAFE_BOUND_SECONDS;
  }

  private ClusterDemo.Plan plan() {
    return new ClusterDemo.Plan(
        workers,
        rate,
        Duration.ofSeconds(seconds),
        Duration.ofSeconds(bound()),
        profile == Profile.fast);
  }
}
