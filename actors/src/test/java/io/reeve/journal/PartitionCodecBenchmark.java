package io.reeve.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.partition.PartitionSnapshot;
import io.reeve.domain.task.HolderEnded;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskProfile;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a task's whole life (submitted, leased, completed) costs in the codec. Not part of a normal
 * run: {@code mvn test -pl actors -am -Dtest=PartitionCodecBenchmark
 * -Dsurefire.failIfNoSpecifiedTests=false}; it prints its figures, in CPU time of the calling
 * thread.
 */
class PartitionCodecBenchmark {

  private static final long NOON = 1_763_640_000_000L;
  private static final int SPEC_BYTES = 120;
  private static final int RUNS = 5;
  private static final int SNAPSHOT_TASKS = 250_000;

  private static final TaskProfile PROFILE =
      new TaskProfile(
          new TaskClass("default", "io.example.noop", Lane.NORMAL, Priority.NORMAL),
          300_000,
          0,
          new RetryPolicy(4, Duration.ofSeconds(10), Duration.ofMinutes(10), 2.0, 0.2),
          "");

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 500})
  void aLifeCostsAtMostAMicrosecond(int batch) {
    var rows = life(batch);
    var encoded = rows.stream().map(PartitionCodec::encode).toList();
    var bytesPerLife = encoded.stream().mapToInt(row -> row.length).sum() / (double) batch;
    var table = new HashMap<TaskProfile, TaskProfile>();

    var encodeNs =
        bestNsPerLife(batch, () -> rows.forEach(row -> sink += PartitionCodec.encode(row).length));
    var decodeNs =
        bestNsPerLife(
            batch,
            () ->
                encoded.forEach(
                    row ->
                        sink +=
                            PartitionCodec.decode(
                                    row, p -> table.computeIfAbsent(p, first -> first))
                                .size()));

    System.out.printf(
        "batch %d: encode %.0f ns a life (%.1f million events/s), decode %.0f ns, %.1f bytes%n",
        batch, encodeNs, 3_000 / encodeNs, decodeNs, bytesPerLife);
    if (batch >= 100) {
      assertThat(encodeNs).isLessThan(1_000);
      assertThat(bytesPerLife).isLessThan(200);
    }
  }

  /** A partition's share of a million queued tasks. */
  @Test
  void aSnapshotOfAQuarterMillionTasksTakesUnderASecond() {
    var tasks =
        life(SNAPSHOT_TASKS).get(0).stream()
            .flatMap(event -> ((Submission) event).tasks().stream())
            .toArray(Task[]::new);
    var snapshot =
        new PartitionSnapshot(
            2_000_000, null, tasks, new PartitionSnapshot.Request[0], new HolderEnded[0]);

    for (var run = 0; run < RUNS; run++) {
      var start = cpuNanos();
      var bytes = SnapshotCodec.encode(snapshot);
      var encoded = cpuNanos();
      sink += SnapshotCodec.decode(bytes).tasks().size();
      var decoded = cpuNanos();
      System.out.printf(
          "snapshot of %d tasks: encode %d ms, decode %d ms, %.1f bytes a task%n",
          SNAPSHOT_TASKS,
          (encoded - start) / 1_000_000,
          (decoded - encoded) / 1_000_000,
          bytes.length / (double) SNAPSHOT_TASKS);
      if (run == RUNS - 1) {
        assertThat(decoded - start).isLessThan(1_000_000_000L);
      }
    }
  }

  private long sink;

  /** CPU time of this thread: other work on the machine counts less than by the clock. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** The best of some runs, each of about a million lives; the first ones warm up. */
  private double bestNsPerLife(int batch, Runnable oneBatch) {
    var best = Double.MAX_VALUE;
    for (var run = 0; run < RUNS; run++) {
      var rounds = 1_000_000 / batch;
      var start = cpuNanos();
      for (var i = 0; i < rounds; i++) {
        oneBatch.run();
      }
      best = Math.min(best, (cpuNanos() - start) / (double) rounds / batch);
    }
    assertThat(sink).isPositive();
    return best;
  }

  /** The three rows of a batch of tasks: one submission, one grant, one batch of settlements. */
  private static List<List<PartitionEvent>> life(int batch) {
    var first = 1_000_000L;
    var random = new Random(1);
    var tasks =
        LongStream.range(first, first + batch)
            .mapToObj(
                sequence -> {
                  var bytes = new byte[SPEC_BYTES];
                  random.nextBytes(bytes);
                  return Task.Queued.entering(new Task.Spec(sequence, PROFILE, bytes, NOON), NOON);
                })
            .toList();
    return List.of(
        List.of(new Submission("0f8fad5b-d9cb-469f-a165-70867728950e", 7, first, NOON, tasks)),
        LongStream.range(first, first + batch)
            .<PartitionEvent>mapToObj(
                sequence ->
                    new TaskEvent.Leased(
                        sequence, 1, 1, "h-7c9e6679", "worker-1/pool-0", NOON + 2, NOON + 30_002))
            .toList(),
        LongStream.range(first, first + batch)
            .<PartitionEvent>mapToObj(
                sequence -> new TaskEvent.Completed(sequence, 1, new byte[0], NOON + 4))
            .toList());
  }
}
