package io.reeve.partition;

import java.util.concurrent.atomic.LongAdder;

/** How often something took how long, by bounds that never change. Any thread may use it. */
public final class TimeFigures {

  private static final long MICROS_PER_MS = 1000;
  private static final long NANOS_PER_MICRO = 1000;
  private static final double MICROS_PER_S = 1e6;

  /** 1 ms to an hour. */
  private static final long[] TASKS = {
    1_000,
    2_000,
    5_000,
    10_000,
    20_000,
    50_000,
    100_000,
    200_000,
    500_000,
    1_000_000,
    2_000_000,
    5_000_000,
    10_000_000,
    30_000_000,
    60_000_000,
    300_000_000,
    900_000_000,
    3_600_000_000L
  };

  /** 100 microseconds to 10 s. */
  private static final long[] WRITES = {
    100,
    200,
    500,
    1_000,
    2_000,
    5_000,
    10_000,
    20_000,
    50_000,
    100_000,
    200_000,
    500_000,
    1_000_000,
    10_000_000
  };

  private final long[] boundsMicros;
  private final LongAdder[] counts;
  private final LongAdder sumMicros = new LongAdder();

  private TimeFigures(long[] boundsMicros) {
    this.boundsMicros = boundsMicros;
    this.counts = new LongAdder[boundsMicros.length + 1];
    for (var i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  static TimeFigures ofTasks() {
    return new TimeFigures(TASKS);
  }

  static TimeFigures ofWrites() {
    return new TimeFigures(WRITES);
  }

  /** A time of less than nothing, by a clock that was set back, counts as nothing. */
  void addMillis(long millis) {
    addMicros(Math.max(0, millis) * MICROS_PER_MS);
  }

  void addNanos(long nanos) {
    addMicros(Math.max(0, nanos) / NANOS_PER_MICRO);
  }

  private void addMicros(long micros) {
    var bucket = 0;
    while (bucket < boundsMicros.length && micros > boundsMicros[bucket]) {
      bucket++;
    }
    counts[bucket].increment();
    sumMicros.add(micros);
  }

  /** Upper bounds in seconds, both inclusive; the last is infinite. */
  public double[] boundsSeconds() {
    var bounds = new double[counts.length];
    for (var i = 0; i < boundsMicros.length; i++) {
      bounds[i] = boundsMicros[i] / MICROS_PER_S;
    }
    bounds[boundsMicros.length] = Double.POSITIVE_INFINITY;
    return bounds;
  }

  /** How many times lay within each bound and above the one before. */
  public long[] counts() {
    var all = new long[counts.length];
    for (var i = 0; i < counts.length; i++) {
      all[i] = counts[i].sum();
    }
    return all;
  }

  /** All times together. */
  public double sumSeconds() {
    return sumMicros.sum() / MICROS_PER_S;
  }
}
