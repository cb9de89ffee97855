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

  private final Duration silence;
  private final Moments starts = new Moments();
  private final TreeMap<Integer, Moments> submissionsOf = new TreeMap<>();
  private final TreeMap<Integer, Moments> startsOf = new TreeMap<>();

  /**
   * For a load that comes by chance.
   *
   * @param silence a gap too long to be chance: where each of sixteen partitions gets eight calls a
   *     second, one of them has a gap of a second every half minute, and one of two seconds once in
   *     most of a day
   */
  public Pulse(Duration silence) {
    this.silence = silence;
  }

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
   * out tasks; empty while one of them has not. Zero where no partition had a gap too long to be
   * chance.
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

  private Optional<List<Duration>> each(Map<Integer, Moments> streams, long fromMs, long toMs) {
    var each = new ArrayList<Duration>();
    for (var stream : streams.values()) {
      var wentOn = stream.wentOnAfterMs(fromMs, toMs, silence);
      if (wentOn.isEmpty()) {
        return Optional.empty();
      }
      each.add(Duration.ofMillis(wentOn.getAsLong()));
    }
    return Optional.of(List.copyOf(each));
  }
}
