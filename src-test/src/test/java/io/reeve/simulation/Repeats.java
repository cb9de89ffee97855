package io.reeve.simulation;

import io.reeve.check.Checker;
import io.reeve.check.Invariant;
import io.reeve.partition.Leases;
import io.reeve.partition.Partition;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * What sessions repeat until a partition answers. However long the journal is away, the partition
 * keeps one renewal of a holder and one message of a batch of settlements.
 */
final class Repeats implements Consumer<Object> {

  /** A reference of its own to somebody, so that two messages of one sender look different. */
  private static final class Alias<T> extends PlainRef<T> {

    private static final long serialVersionUID = 1;
    private final transient ActorRef<T> of;

    Alias(ActorRef<T> of) {
      this.of = of;
    }

    @Override
    public void tell(T message) {
      of.tell(message);
    }
  }

  private record Batch(Object session, long number) {}

  private record Handed(Partition.Command command, long atNanos) {}

  private final World world;
  private final Checker checker;
  private final int partition;
  private final IdentityHashMap<Object, Long> arrived = new IdentityHashMap<>();
  private final Map<Object, Handed> handed = new HashMap<>();

  Repeats(World world, Checker checker, int partition) {
    this.world = world;
    this.checker = checker;
    this.partition = partition;
  }

  /** As if nobody could tell that the command repeats another. */
  static Partition.Command unlike(Partition.Command sent) {
    return sent instanceof Leases.Settle settle
        ? new Leases.Settle(
            settle.holder(), settle.batch(), settle.settlements(), new Alias<>(settle.session()))
        : sent;
  }

  /** The partition gets a message. */
  @Override
  public void accept(Object message) {
    if (keyOf(message) != null) {
      arrived.putIfAbsent(message, world.nanos());
    }
  }

  /** The partition hands commands to its writer; until now they waited. */
  void handOver(List<Partition.Command> commands) {
    for (var command : commands) {
      var key = keyOf(command);
      if (key == null) {
        continue;
      }
      var before = handed.put(key, new Handed(command, world.nanos()));
      if (before != null
          && before.command() != command
          && arrived.getOrDefault(command, Long.MAX_VALUE) < before.atNanos() - Network.LOCAL_MAX) {
        checker.violated(
            Invariant.ONE_REPEAT_WAITS,
            "partition %d: %s waited beside an earlier one".formatted(partition, command));
      }
    }
  }

  /** What is equal for messages of which one is enough; null for all others. */
  private static @Nullable Object keyOf(Object message) {
    if (message instanceof Leases.Renew renew) {
      return renew.holder();
    }
    if (message instanceof Leases.Settle settle && settle.batch() != 0) {
      return new Batch(
          settle.session() instanceof Alias<?> alias ? alias.of : settle.session(), settle.batch());
    }
    return null;
  }
}
