package io.reeve.domain.schedule;

import java.util.ArrayList;
import java.util.List;

/**
 * When a schedule fires, and what it does about runs that were missed or overlap.
 *
 * @param startMs the first instant at which it may fire; 0: at any
 * @param endMs the last instant at which it may fire; 0: at any
 * @param jitterMs a run is late by a share of this that looks random; from 0 to {@link
 *     #JITTER_MAX_MS}
 * @param runsMax runs in all, after which it has ended; 0: no bound
 */
public record ScheduleTiming(
    ScheduleRule rule,
    long startMs,
    long endMs,
    long jitterMs,
    long runsMax,
    Missed missed,
    Overlap overlap) {

  /** The largest jitter: a day. */
  public static final long JITTER_MAX_MS = 86_400_000;

  public ScheduleTiming {
    if (startMs < 0 || endMs < 0 || (endMs != 0 && endMs < startMs)) {
      throw new InvalidRuleException(
          "expected a start before the end, got %d and %d ms since 1970".formatted(startMs, endMs));
    }
    if (jitterMs < 0 || jitterMs > JITTER_MAX_MS) {
      throw new InvalidRuleException(
          "expected a jitter from 0 to %d ms, got %d".formatted(JITTER_MAX_MS, jitterMs));
    }
    if (runsMax < 0) {
      throw new InvalidRuleException("expected a bound on runs from 0, got %d".formatted(runsMax));
    }
  }

  /** The same by another rule. */
  public ScheduleTiming withRule(ScheduleRule other) {
    return new ScheduleTiming(other, startMs, endMs, jitterMs, runsMax, missed, overlap);
  }

  /** Whether both have the same planned instants. */
  public boolean hasInstantsOf(ScheduleTiming other) {
    return rule.equals(other.rule) && startMs == other.startMs && endMs == other.endMs;
  }

  /** The first planned instant after another; {@link ScheduleRule#NEVER} when there is none. */
  public long next(long afterMs) {
    var next = rule.next(Math.max(afterMs, Math.max(0, startMs - 1)));
    return endMs != 0 && next > endMs ? ScheduleRule.NEVER : next;
  }

  /**
   * When the run of a planned instant is due: at the instant, or later by the jitter. The jitter
   * follows from the name and the instant, so it is the same whoever asks and however often.
   */
  public long dueAtMs(String name, long plannedMs) {
    if (jitterMs == 0) {
      return plannedMs;
    }
    var mixed = plannedMs + name.hashCode() * 0x9e3779b97f4a7c15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return plannedMs + Long.remainderUnsigned(mixed ^ (mixed >>> 31), jitterMs + 1);
  }

  /**
   * How many planned instants there are in a range that includes both ends; {@code most} at most.
   */
  public int count(long fromMs, long toMs, int most) {
    var count = 0;
    for (var at = next(Math.max(0, fromMs - 1)); at <= toMs && count < most; at = next(at)) {
      count++;
    }
    return count;
  }

  /**
   * The planned instants that come next.
   *
   * @param count of them, at most
   */
  public List<Long> upcoming(long afterMs, int count) {
    var instants = new ArrayList<Long>();
    for (var at = next(afterMs); at != ScheduleRule.NEVER && instants.size() < count; ) {
      instants.add(at);
      at = next(at);
    }
    return instants;
  }
}
