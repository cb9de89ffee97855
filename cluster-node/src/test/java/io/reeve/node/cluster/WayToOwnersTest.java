package io.reeve.node.cluster;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

class WayToOwnersTest {

  private final TestInbox<String> region = TestInbox.create();
  private final AtomicBoolean owned = new AtomicBoolean(true);
  private final AtomicLong nanos = new AtomicLong(-7);
  private final BehaviorTestKit<String> way =
      BehaviorTestKit.create(WayToOwners.create(region.getRef(), owned::get, nanos::get));

  @Test
  void whatIsSaidWhileNobodyOwnsPartitionsIsNotKeptForLater() {
    way.run("first");
    region.expectMessage("first");

    owned.set(false);
    nanos.addAndGet(Duration.ofMillis(100).toNanos());
    way.run("lost");

    owned.set(true);
    nanos.addAndGet(Duration.ofMillis(100).toNanos());
    way.run("last");
    region.expectMessage("last");
  }

  @Test
  void theMembershipIsLookedAtTenTimesASecondAtMost() {
    owned.set(false);
    nanos.addAndGet(Duration.ofMillis(99).toNanos());

    way.run("still passed on");

    region.expectMessage("still passed on");
  }
}
