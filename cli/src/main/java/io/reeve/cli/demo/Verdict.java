package io.reeve.cli.demo;

import com.google.protobuf.Timestamp;
import io.reeve.v1.Task;
import io.reeve.v1.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The outcome of the tasks, compared with digests that were computed without them.
 *
 * @param tasks tasks that were submitted
 * @param completed of those, how many ended well
 * @param attempts attempts over all tasks
 * @param redeliveries leases beyond the first of each task
 * @param lost tasks that the server acknowledged and does not show as completed
 * @param wrong completed tasks whose result is not the file's digest
 * @param startP50 half of the tasks were leased within this time of their submission
 * @param startP99 and 99 of 100 within this; a task that was given out again counts with its last
 *     lease
 */
public record Verdict(
    int tasks,
    int completed,
    long attempts,
    long redeliveries,
    List<String> lost,
    List<String> wrong,
    Duration startP50,
    Duration startP99) {

  /** A SHA-256 in hexadecimal, as sha256sum and shasum print it first on their line. */
  private static final Pattern DIGEST =
      Pattern.compile("(?<![0-9a-fA-F])[0-9a-f]{64}(?![0-9a-fA-F])");

  /** Whether nothing is lost and nothing is wrong. */
  public boolean good() {
    return lost.isEmpty() && wrong.isEmpty();
  }

  /**
   * Judges.
   *
   * @param digestByTask the expected digest of each submitted task
   * @param seen the tasks as the server shows them now, with results; others than ours are ignored
   */
  public static Verdict of(Map<String, String> digestByTask, Iterable<Task> seen) {
    var missing = new HashSet<>(digestByTask.keySet());
    var lost = new ArrayList<String>();
    var wrong = new ArrayList<String>();
    var waits = new ArrayList<Duration>();
    var attempts = 0L;
    var redeliveries = 0L;
    var completed = 0;
    for (var task : seen) {
      var expected = digestByTask.get(task.getId());
      if (expected == null || !missing.remove(task.getId())) {
        continue;
      }
      attempts += task.getAttempt();
      redeliveries += Math.max(0, task.getFence() - 1);
      if (task.hasLeasedAt()) {
        waits.add(Duration.between(instant(task.getSubmittedAt()), instant(task.getLeasedAt())));
      }
      if (task.getState() != TaskState.TASK_STATE_COMPLETED) {
        lost.add(task.getId());
      } else {
        completed++;
        if (!digestIn(task.getResult().toStringUtf8()).equals(Optional.of(expected))) {
          wrong.add(task.getId());
        }
      }
    }
    lost.addAll(missing);
    lost.sort(null);
    wrong.sort(null);
    waits.sort(null);
    return new Verdict(
        digestByTask.size(),
        completed,
        attempts,
        redeliveries,
        List.copyOf(lost),
        List.copyOf(wrong),
        percentile(waits, 50),
        percentile(waits, 99));
  }

  static Optional<String> digestIn(String output) {
    var digest = DIGEST.matcher(output);
    return digest.find() ? Optional.of(digest.group()) : Optional.empty();
  }

  private static Duration percentile(List<Duration> sorted, int percent) {
    if (sorted.isEmpty()) {
      return Duration.ZERO;
    }
    var rank = (int) Math.ceil(percent / 100.0 * sorted.size());
    return sorted.get(Math.max(0, rank - 1));
  }

  private static Instant instant(Timestamp timestamp) {
    return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
  }
}
