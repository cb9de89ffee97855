package io.reeve.worker.settings;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Times as people and the configuration write them: {@code 5 m}, {@code 1500 ms}. */
public final class TimeText {

  private record Unit(String name, long nanos) {}

  private static final Unit[] UNITS = {
    new Unit("d", TimeUnit.DAYS.toNanos(1)),
    new Unit("h", TimeUnit.HOURS.toNanos(1)),
    new Unit("m", TimeUnit.MINUTES.toNanos(1)),
    new Unit("s", TimeUnit.SECONDS.toNanos(1)),
    new Unit("ms", TimeUnit.MILLISECONDS.toNanos(1)),
  };

  private TimeText() {}

  /** The time in the largest unit that divides it; seconds for times over 292 years. */
  public static String of(Duration time) {
    if (time.isZero()) {
      return "0 s";
    }
    if (time.abs().toDays() > TimeUnit.NANOSECONDS.toDays(Long.MAX_VALUE) - 1) {
      return time.toSeconds() + " s";
    }
    var nanos = time.toNanos();
    for (var unit : UNITS) {
      if (nanos % unit.nanos() == 0) {
        return nanos / unit.nanos() + " " + unit.name();
      }
    }
    return nanos + " ns";
  }
}
