package io.reeve.simulation;

import io.reeve.check.Checker;
import io.reeve.check.Fact;
import io.reeve.domain.dispatch.EpochStarted;

/**
 * Where dispatchers take their epochs from. Does what {@code DispatcherEpoch} does in production:
 * reads the last number, stores the next if nobody else did meanwhile, and starts over if so or
 * when the journal failed.
 */
final class EpochLog {

  private static final int LATENCY = 3_000_000;
  private static final int BACKOFF = 100_000_000;

  private final World world;
  private final Checker checker;
  private long last;
  private int failures;

  EpochLog(World world, Checker checker) {
    this.world = world;
    this.checker = checker;
  }

  /** Lets the next rows be stored without its writer hearing of it. */
  void failNext(int rows) {
    failures = rows;
  }

  /** Gives the dispatcher an epoch, unless it starts anew meanwhile and asks again. */
  void open(SimActor<?> dispatcher) {
    open(dispatcher, dispatcher.restarts());
  }

  private void open(SimActor<?> dispatcher, int start) {
    world.in(
        latency(LATENCY),
        dispatcher.host,
        () -> {
          var next = last + 1;
          world.in(latency(LATENCY), () -> store(next, dispatcher, start));
        });
  }

  private void store(long epoch, SimActor<?> dispatcher, int start) {
    var stored = last + 1 == epoch;
    if (stored) {
      last = epoch;
      checker.add(new Fact.EpochOpened(epoch));
    }
    if (dispatcher.restarts() != start) {
      return;
    }
    if (stored && failures == 0) {
      dispatcher.context.adapter(EpochStarted.class).tell(new EpochStarted(epoch, 0, "simulated"));
    } else {
      failures = Math.max(0, failures - 1);
      world.in(latency(BACKOFF), dispatcher.host, () -> open(dispatcher, start));
    }
  }

  private long latency(int max) {
    return 1L + world.random.nextInt(max);
  }
}
