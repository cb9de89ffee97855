package io.reeve.node.store;

import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryFailed;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/**
 * The smallest entity that persists: each entry is one row of bytes, acknowledged with the number
 * of rows that the ledger then has. It snapshots when told so by the first byte of an entry.
 */
final class Ledger extends EventSourcedBehavior<Ledger.Command, byte[], Long> {

  /** First byte of an entry that is followed by a snapshot. */
  static final byte THEN_SNAPSHOT = 1;

  sealed interface Command {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Enter(byte[] entry, ActorRef<Long> replyTo) implements Command {}

  record Count(ActorRef<Long> replyTo) implements Command {}

  private final ActorRef<Throwable> refusals;

  private Ledger(String persistenceId, ActorRef<Throwable> refusals) {
    super(
        PersistenceId.ofUniqueId(persistenceId),
        SupervisorStrategy.restartWithBackoff(Duration.ofMillis(50), Duration.ofMillis(200), 0.2));
    this.refusals = refusals;
  }

  static Behavior<Command> create(String persistenceId) {
    return Behaviors.setup(context -> create(persistenceId, context.getSystem().ignoreRef()));
  }

  /** A ledger that tells {@code refusals} why it cannot recover, each time it tries. */
  static Behavior<Command> create(String persistenceId, ActorRef<Throwable> refusals) {
    return new Ledger(persistenceId, refusals);
  }

  @Override
  public SignalHandler<Long> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryFailed.class, (rows, failed) -> refusals.tell(failed.getFailure()))
        .build();
  }

  @Override
  public Long emptyState() {
    return 0L;
  }

  @Override
  public CommandHandler<Command, byte[], Long> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(
            Enter.class, c -> Effect().persist(c.entry()).thenReply(c.replyTo(), rows -> rows))
        .onCommand(Count.class, (rows, c) -> Effect().reply(c.replyTo(), rows))
        .build();
  }

  @Override
  public EventHandler<Long, byte[]> eventHandler() {
    return (rows, entry) -> rows + 1;
  }

  @Override
  public boolean shouldSnapshot(Long rows, byte[] entry, long sequenceNr) {
    return entry.length > 0 && entry[0] == THEN_SNAPSHOT;
  }
}
