package io.reeve.cli.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Whether every partition takes submissions and gives out tasks, as their journals say. Not for two
 * threads at once.
 */
public final class Pulse {

  /** Under a load of several tasks a second on each partition, silence this long is no chance. */
  public static final Duration SILENCE = Duration.ofSeconds(1);

  private final Moments starts = new Moments();
  private final TreeMap<Integer, Moments> submissionsOf = new TreeMap<>();
  private final TreeMap<Integer, Moments> startsOf = new TreeMap<>();

  public void submitted(int partition, long atMs) {
    submissionsOf.computeIfAbsent(partition, it -> new Moments()).add(atMs);
  }

  public void started(int partition, long atMs) {
    starts.add(atMs);
    startsOf.computeIfAbsent(partition, it -> new Moments()).add(atMs);
  }

  public int partitions() {
    return submissionsOf.size();
  }

  /** When a worker got a task, over all partitions. */
  public Moments starts() {
    return starts;
  }

  /**
   * How long after {@code fromMs} the last partition went on, both taking submissions and giving
   * out tasks; empty while one of them has not. Zero where none was silent for {@link #SILENCE}.
   */
  public Optional<Duration> wentOnAfter(long fromMs, long toMs) {
    return takenAgainAfter(fromMs, toMs)
        .flatMap(
            taken ->
                startedAgainAfter(fromMs, toMs)
                    .map(started -> Stream.concat(taken.stream(), started.stream())))
        .map(all -> all.max(Duration::compareTo).orElse(Duration.ZERO));
  }

  /** As {@link #wentOnAfter}, of each partition by itself, and of taking submissions only. */
  public Optional<List<Duration>> takenAgainAfter(long fromMs, long toMs) {
    return each(submissionsOf, fromMs, toMs);
  }

  /** As {@link #takenAgainAfter}, of giving out tasks. */
  public Optional<List<Duration>> startedAgainAfter(long fromMs, long toMs) {
    return each(startsOf, fromMs, toMs);
  }

  private static Optional<List<Duration>> each(
      Map<Integer, Moments> streams, long fromMs, long toMs) {
    var each = new ArrayList<Duration>();
    for (var stream : streams.values()) {
      var wentOn = stream.wentOnAfterMs(fromMs, toMs, SILENCE);
      if (wentOn.isEmpty()) {
        return Optional.empty();
      }
      each.add(Duration.ofMillis(wentOn.getAsLong()));
    }
    return Optional.of(List.copyOf(each));
  }
}
