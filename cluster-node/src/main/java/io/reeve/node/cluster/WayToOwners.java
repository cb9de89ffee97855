package io.reeve.node.cluster;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * What a node without partitions says to them goes by this. While no member owns any, it is dropped
 * and asked in vain: the shard region would keep it, however large, until an owner comes, and that
 * may be in hours.
 *
 * @param <T> what the shard region takes
 */
public final class WayToOwners<T> extends AbstractBehavior<T> {

  /** Between two looks at the membership, which costs some microseconds. */
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(100);

  private final ActorRef<T> region;
  private final BooleanSupplier isOwned;
  private final LongSupplier nanoTime;
  private boolean open;
  private long lookedAt;

  /**
   * @param isOwned whether some member owns partitions; asked by this actor alone
   * @param nanoTime monotonic
   */
  public static <T> Behavior<T> create(
      ActorRef<T> region, BooleanSupplier isOwned, LongSupplier nanoTime) {
    return Behaviors.setup(context -> new WayToOwners<>(context, region, isOwned, nanoTime));
  }

  private WayToOwners(
      ActorContext<T> context, ActorRef<T> region, BooleanSupplier isOwned, LongSupplier nanoTime) {
    super(context);
    this.region = region;
    this.isOwned = isOwned;
    this.nanoTime = nanoTime;
    look();
  }

  @Override
  public Receive<T> createReceive() {
    return newReceiveBuilder().onAnyMessage(this::onAny).build();
  }

  private Behavior<T> onAny(T message) {
    if (nanoTime.getAsLong() - lookedAt >= LOOK_INTERVAL.toNanos()) {
      look();
    }
    if (open) {
      region.tell(message);
    }
    return this;
  }

  private void look() {
    open = isOwned.getAsBoolean();
    lookedAt = nanoTime.getAsLong();
  }
}
