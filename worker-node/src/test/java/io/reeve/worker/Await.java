package io.reeve.worker;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a named condition, with a bound. */
public final class Await {

  private static final long BOUND_NANOS = TimeUnit.SECONDS.toNanos(60);

  private Await() {}

  public static void until(String what, BooleanSupplier condition) {
    var end = System.nanoTime() + BOUND_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("waited in vain for " + what);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }
}
