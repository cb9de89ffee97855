package io.reeve.cli.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

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
    return eachWentOnAfter(fromMs, toMs)
        .map(each -> each.isEmpty() ? Duration.ZERO : each.get(each.size() - 1));
  }

  /**
   * As {@link #wentOnAfter}, of each partition and each of the two, the soonest first; with zero
   * for those that were never silent.
   */
  public Optional<List<Duration>> eachWentOnAfter(long fromMs, long toMs) {
    var each = new ArrayList<Duration>();
    for (var streams : List.of(submissionsOf, startsOf)) {
      for (var stream : streams.values()) {
        var wentOn = stream.wentOnAfterMs(fromMs, toMs, SILENCE);
        if (wentOn.isEmpty()) {
          return Optional.empty();
        }
        each.add(Duration.ofMillis(wentOn.getAsLong()));
      }
    }
    Collections.sort(each);
    return Optional.of(List.copyOf(each));
  }
}
