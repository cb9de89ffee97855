package io.reeve.bench;

/**
 * What a run measures and how long.
 *
 * @param tasks tasks in each phase of a round; 1 or more
 * @param nodes nodes that share a store; 1 or more
 * @param rounds rounds that figures are taken over; 1 or more
 * @param warmUpTasks tasks before the first round, those of the cold start included
 * @param payloadBytes size of each payload; 16 to 65536
 * @param tasksPerCall tasks in one bulk call
 * @param callsInFlightMax bulk calls that wait for an answer at once
 * @param singlesPerSecond submissions of the latency phase, one at a time
 * @param singlesPerRound submissions of the latency phase in one round
 * @param workerCapacity leases that the worker asks for
 * @param rawWorker whether the worker speaks the protocol itself instead of using the worker
 *     library
 * @param countSyncs whether to count fsyncs in a short run of its own
 */
public record BenchSettings(
    int tasks,
    int nodes,
    int rounds,
    long warmUpTasks,
    int payloadBytes,
    int tasksPerCall,
    int callsInFlightMax,
    int singlesPerSecond,
    int singlesPerRound,
    int workerCapacity,
    boolean rawWorker,
    boolean countSyncs) {

  private static final int PAYLOAD_BYTES_MIN = 16;
  private static final int PAYLOAD_BYTES_MAX = 65_536;

  public BenchSettings {
    atLeast(1, tasks, "--tasks");
    atLeast(1, nodes, "--nodes");
    atLeast(1, rounds, "--rounds");
    atLeast(0, warmUpTasks, "--warmup");
    atLeast(PAYLOAD_BYTES_MIN, payloadBytes, "--payload");
    if (payloadBytes > PAYLOAD_BYTES_MAX) {
      throw new IllegalArgumentException(
          "expected --payload of at most " + PAYLOAD_BYTES_MAX + ", got " + payloadBytes);
    }
    atLeast(1, tasksPerCall, "--batch");
    atLeast(1, callsInFlightMax, "--in-flight");
    atLeast(1, singlesPerSecond, "--rate");
    atLeast(1, singlesPerRound, "--singles");
    atLeast(1, workerCapacity, "--capacity");
  }

  private static void atLeast(long min, long value, String option) {
    if (value < min) {
      throw new IllegalArgumentException(
          "expected " + option + " of at least " + min + ", got " + value);
    }
  }
}
