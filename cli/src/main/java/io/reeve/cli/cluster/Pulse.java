package io.reeve.cli.cluster;

import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Whether every partition takes submissions and gives out tasks, as their journals say. Not for two
 * threads at once.
 */
final class Pulse {

  /** Under a load of several tasks a second on each partition, silence this long is no chance. */
  static final Duration SILENCE = Duration.ofSeconds(1);

  private final Moments starts = new Moments();
  private final TreeMap<Integer, Moments> submissionsOf = new TreeMap<>();
  private final TreeMap<Integer, Moments> startsOf = new TreeMap<>();

  void submitted(int partition, long atMs) {
    submissionsOf.computeIfAbsent(partition, it -> new Moments()).add(atMs);
  }

  void started(int partition, long atMs) {
    starts.add(atMs);
    startsOf.computeIfAbsent(partition, it -> new Moments()).add(atMs);
  }

  int partitions() {
    return submissionsOf.size();
  }

  /** When a worker got a task, over all partitions. */
  Moments starts() {
    return starts;
  }

  /**
   * How long after {@code fromMs} the last partition went on, both taking submissions and giving
   * out tasks; empty while one of them has not. Zero where none was silent for {@link #SILENCE}.
   */
  Optional<Duration> wentOnAfter(long fromMs, long toMs) {
    var last = 0L;
    for (var streams : java.util.List.of(submissionsOf, startsOf)) {
      for (var stream : streams.values()) {
        var wentOn = stream.wentOnAfterMs(fromMs, toMs, SILENCE);
        if (wentOn.isEmpty()) {
          return Optional.empty();
        }
        last = Math.max(last, wentOn.getAsLong());
      }
    }
    return Optional.of(Duration.ofMillis(last));
  }
}
