package io.reeve.worker.slot;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * One life of one slot, as its pool supervises it. The attempts run on a thread of their own and go
 * through no mailbox; this actor lives as long as that works, and fails when it no longer does, so
 * that the pool can decide about the next life.
 */
public final class Slot extends AbstractBehavior<Slot.Command> {

  // ---- Protocol ---------------------------------------------------------------------------------

  public sealed interface Command {}

  /** The handler in the slot does not stop; the slot gives it up. */
  public record GiveUp(String what) implements Command {}

  private record Crashed(Throwable cause) implements Command {}

  /** An error came through the handler: the slot's life ends, its attempt has failed by it. */
  public static final class SlotCrashed extends RuntimeException {
    SlotCrashed(Throwable cause) {
      super(String.valueOf(cause), cause);
    }
  }

  /** A handler was left to itself: the slot's life ends with it. */
  public static final class HandlerAbandoned extends RuntimeException {
    HandlerAbandoned(String what) {
      super(what, null, false, false);
    }
  }

  // ---- Construction -----------------------------------------------------------------------------

  public static Behavior<Command> create(int slot, Workload workload, Execution execution) {
    return Behaviors.setup(context -> new Slot(context, slot, workload, execution));
  }

  private Slot(ActorContext<Command> context, int slot, Workload workload, Execution execution) {
    super(context);
    var self = context.getSelf();
    workload.up(new SlotRunner(slot, workload, execution, cause -> self.tell(new Crashed(cause))));
  }

  // ---- Behaviour --------------------------------------------------------------------------------

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(GiveUp.class, this::onGiveUp)
        .onMessage(Crashed.class, this::onCrashed)
        .build();
  }

  private Behavior<Command> onGiveUp(GiveUp command) {
    throw new HandlerAbandoned(command.what());
  }

  /** Wrapped: an error as such would make the actor system end the process. */
  private Behavior<Command> onCrashed(Crashed command) {
    throw new SlotCrashed(command.cause());
  }
}
