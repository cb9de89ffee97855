package io.reeve.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run measured. The names are those of the JSON output, and stay.
 *
 * @param machine what it ran on
 * @param settings what was asked for
 * @param coldStart the first tasks after the start of all processes
 * @param phases throughput, in the order of a round
 * @param latency of single submissions to an idle system
 * @param syncs fsyncs per task
 * @param peakResidentMiB by process, the whole run; absent where the system does not tell
 */
public record BenchReport(
    Machine machine,
    BenchSettings settings,
    ColdStart coldStart,
    List<Phase> phases,
    Latency latency,
    Syncs syncs,
    ByProcess peakResidentMiB) {

  /** Where it ran; {@code javaFlags} are those of the node. */
  public record Machine(String os, String cpu, int cpus, String java, String javaFlags) {}

  /** Tasks per second over the first tasks, submit to handled, and how many tasks those were. */
  public record ColdStart(
      double startSeconds,
      int firstTasks,
      double firstPerSecond,
      int moreTasks,
      double morePerSecond) {}

  /**
   * One kind of load.
   *
   * @param tasksPerSecond over the rounds
   * @param cpuMicrosPerTask medians over the rounds
   * @param journalRowsPerTask median over the rounds; absent when the journal could not be read
   */
  public record Phase(
      String name,
      Spread tasksPerSecond,
      ByProcess cpuMicrosPerTask,
      @Nullable Double journalRowsPerTask) {}

  /**
   * A figure of each process; absent where the system does not tell. That of the server is the sum
   * over all nodes, that of the store over all processes of PostgreSQL, where the nodes use it.
   */
  public record ByProcess(
      @Nullable Double server,
      @Nullable Double worker,
      @Nullable Double client,
      @Nullable Double store) {}

  /** Milliseconds; each spread is over the rounds. */
  public record Latency(
      int singles,
      Spread startP50Ms,
      Spread startP99Ms,
      Spread ackP50Ms,
      Spread ackP99Ms,
      ByProcess cpuMicrosPerTask,
      @Nullable Double journalRowsPerTask) {}

  /** Absent figures come with the reason in {@code skipped}. */
  public record Syncs(
      @Nullable Double perTaskUnderLoad, @Nullable Double perTaskSingle, String skipped) {}
}
