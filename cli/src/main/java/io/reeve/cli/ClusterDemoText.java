package io.reeve.cli;

import io.reeve.cli.cluster.ClusterDemo;
import io.reeve.cli.cluster.Phase;
import io.reeve.cli.cluster.Phase.Event;
import java.util.List;
import java.util.Locale;

/**
 * Shows a demonstration of a cluster: each step in a line, on a terminal with a bar below, and at
 * the end the verdict, for people or as JSON. With JSON the lines go to standard error.
 */
final class ClusterDemoText implements ClusterDemo.Listener, AutoCloseable {

  private final Terminal terminal;
  private final boolean json;
  private final Progress progress;

  ClusterDemoText(Terminal terminal, boolean json) {
    this.terminal = terminal;
    this.json = json;
    this.progress = Progress.of(terminal, "tasks", -1);
  }

  void begin(int rate, int workers, String profile, boolean ownServer) {
    say(
        "cluster demo",
        "3 nodes on PostgreSQL%s, %d workers, %d tasks/s, failure profile %s"
            .formatted(ownServer ? "" : " as given", workers, rate, profile));
  }

  void say(String name, String value) {
    (json ? terminal.err() : terminal.out()).printf(Locale.ROOT, "%-13s %s%n", name, value);
    terminal.flush();
  }

  @Override
  public void started(List<String> nodes, List<Long> workerPids) {
    nodes.forEach(node -> say("started", node));
    workerPids.forEach(pid -> say("started", "a worker (pid " + pid + ")"));
  }

  @Override
  public void event(Event event, String node, long pid) {
    switch (event) {
      case KILLED -> say("killed", node + ", where the dispatcher was (pid " + pid + "), SIGKILL");
      case STOPPED -> say("stopped", node + " (pid " + pid + "), SIGTERM");
      case RESTARTED -> say("restarted", node);
      case STEADY -> say("steady", "nothing happens");
    }
  }

  @Override
  public void phase(Phase phase) {
    say(
        phase.event() == Event.STEADY ? "steady" : "",
        "work continued everywhere %s; longest without an acknowledged submission %s, without a start %s;"
                .formatted(
                    recovered(phase),
                    DurationText.of(phase.longestWithoutAcknowledgement()),
                    DurationText.of(phase.longestWithoutStart()))
            + " slowest submission "
            + DurationText.of(phase.slowestSubmission()));
  }

  private static String recovered(Phase phase) {
    var bound =
        phase
            .bound()
            .map(most -> " (bound " + DurationText.of(most) + ")")
            .orElse(
                phase.event() == Event.STOPPED
                    ? " (target " + DurationText.of(ClusterDemo.STOP_TARGET) + ")"
                    : "");
    return phase
        .recovered()
        .map(after -> after.isZero() ? "all the time" : "after " + DurationText.of(after) + bound)
        .orElse("NOT AGAIN" + bound);
  }

  @Override
  public void progress(int acknowledged, int ended, int waiting) {
    progress.stepTo(ended);
    progress.message(acknowledged + " acknowledged, " + waiting + " unanswered");
  }

  @Override
  public void draining(int left) {
    say("draining", left + " tasks left");
  }

  void report(ClusterDemo.Outcome outcome) {
    progress.finish();
    if (json) {
      terminal.out().println(Json.line(Json.of(outcome)));
      return;
    }
    var verdict = outcome.verdict();
    say("submitted", outcome.submitted() + ", " + verdict.acknowledged() + " acknowledged");
    say("attempts", Long.toString(verdict.attempts()));
    say("redelivered", Long.toString(verdict.redeliveries()));
    say("wrong", bad(verdict.wrong().size(), "wrong"));
    say(
        "verdict",
        bad(verdict.lost().size(), "lost") + ", " + bad(verdict.doubled().size(), "double"));
    outcome.phases().stream()
        .filter(phase -> !phase.good())
        .forEach(
            phase ->
                say(
                    "too slow",
                    phase.event().name().toLowerCase(Locale.ROOT)
                        + " "
                        + phase.node()
                        + ": work continued everywhere "
                        + recovered(phase)));
    if (!outcome.allEnded()) {
      say("unfinished", "time ran out before all tasks had ended");
    }
    say("took", DurationText.of(outcome.took()));
  }

  private String bad(int count, String word) {
    return (count == 0 ? Colour.GOOD : Colour.BAD).paint(count + " " + word, terminal.colours());
  }

  @Override
  public void close() {
    progress.close();
  }
}
