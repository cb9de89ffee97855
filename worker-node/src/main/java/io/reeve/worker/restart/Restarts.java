package io.reeve.worker.restart;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What one routine's past says about its next restart. A value: each ending gives a new one.
 *
 * @param total restarts so far
 * @param streak bad endings in a row, none of them after a healthy life
 * @param recentNanos when the restarts inside the window were decided
 * @param upSinceNanos when the present life began
 */
public record Restarts(int total, int streak, List<Long> recentNanos, long upSinceNanos) {

  public Restarts {
    recentNanos = List.copyOf(recentNanos);
  }

  /** The past of a routine whose first life begins now. */
  public static Restarts none(long nowNanos) {
    return new Restarts(0, 0, List.of(), nowNanos);
  }

  /**
   * What follows an ending.
   *
   * @param delay how long to wait before the next life; null when there is none
   * @param exhausted whether there is none because the limit was reached
   * @param restarts the past with this ending
   */
  public record Verdict(@Nullable Duration delay, boolean exhausted, Restarts restarts) {}

  /** Decides what follows an ending at {@code nowNanos}. */
  public Verdict after(Ending ending, RestartRule rule, long nowNanos, RandomGenerator random) {
    if (!rule.policy().restartsAfter(ending)) {
      return new Verdict(null, false, this);
    }
    var recent =
        recentNanos.stream().filter(at -> nowNanos - at < rule.window().toNanos()).toList();
    if (rule.limit() > 0 && recent.size() >= rule.limit()) {
      return new Verdict(null, true, new Restarts(total, streak, recent, upSinceNanos));
    }
    var healthy = nowNanos - upSinceNanos >= rule.healthyAfter().toNanos();
    var failures = healthy ? 1 : streak + 1;
    var withThis = new ArrayList<>(recent);
    withThis.add(nowNanos);
    return new Verdict(
        rule.backoff().delay(failures, random),
        false,
        new Restarts(total + 1, failures, withThis, upSinceNanos));
  }

  /** The past at the begin of the next life. */
  public Restarts upAt(long nowNanos) {
    return new Restarts(total, streak, recentNanos, nowNanos);
  }
}
