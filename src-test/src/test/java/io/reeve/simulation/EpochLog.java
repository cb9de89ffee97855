package io.reeve.simulation;

import io.reeve.check.Checker;
import io.reeve.check.Fact;
import io.reeve.dispatch.SimulatedRecord;
import io.reeve.domain.rules.DispatcherEvent;
import io.reeve.domain.rules.EpochStarted;
import io.reeve.domain.rules.QueueSet;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The journal of the dispatchers. Has one row of each number: who comes second with one, or whose
 * row is stored without an answer, starts over.
 */
final class EpochLog implements SimulatedRecord.Store {

  private static final int LATENCY = 3_000_000;
  private static final int BACKOFF = 100_000_000;

  private final World world;
  private final Checker checker;
  private final List<DispatcherEvent> rows = new ArrayList<>();
  private int failures;

  EpochLog(World world, Checker checker) {
    this.world = world;
    this.checker = checker;
  }

  /** Lets the next rows be stored without its writer hearing of it. */
  void failNext(int rows) {
    failures = rows;
  }

  @Override
  public void recover(ActorRef<Object> replyTo) {
    world.in(
        latency(LATENCY), () -> replyTo.tell(new SimulatedRecord.Recovered(List.copyOf(rows))));
  }

  @Override
  public void append(long number, DispatcherEvent event, long epoch, ActorRef<Object> replyTo) {
    world.in(
        latency(LATENCY),
        () -> {
          var stored = rows.size() + 1 == number;
          if (stored) {
            rows.add(event);
            tell(event, epoch);
          }
          if (stored && failures == 0) {
            replyTo.tell(new SimulatedRecord.Stored());
          } else {
            failures = Math.max(0, failures - 1);
            world.in(latency(BACKOFF), () -> replyTo.tell(new SimulatedRecord.Failed()));
          }
        });
  }

  private void tell(DispatcherEvent event, long epoch) {
    if (event instanceof EpochStarted started) {
      checker.add(new Fact.EpochOpened(started.epoch()));
    } else if (event instanceof QueueSet set) {
      var pause = set.settings().pause();
      var paused = pause != null && pause.untilMs() == 0;
      checker.add(new Fact.RuleStored(epoch, set.version(), set.queue(), paused));
    }
  }

  private long latency(int max) {
    return 1L + world.random.nextInt(max);
  }
}
