package io.reeve.scenario;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for named conditions, each with a bound. */
public final class Await {

  private static final long LOOK_NANOS = 20_000_000;

  private Await() {}

  /**
   * Returns how long it took until the condition held.
   *
   * @throws AssertionError naming the condition, when it did not in time
   */
  public static Duration until(String condition, Duration within, BooleanSupplier holds) {
    var began = System.nanoTime();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - began > within.toNanos()) {
        throw new AssertionError("expected within " + within + ": " + condition);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** Lets time pass: only for tests that say what does not happen, or at which instant it does. */
  public static void pass(Duration time) {
    var began = System.nanoTime();
    until("time passes", time.plusSeconds(10), () -> System.nanoTime() - began >= time.toNanos());
  }
}
