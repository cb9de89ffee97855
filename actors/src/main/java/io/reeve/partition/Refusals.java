package io.reeve.partition;

import io.reeve.domain.task.Rejection;
import io.reeve.partition.Clients.Reply;
import io.reeve.partition.Partition.Command;
import java.util.ArrayList;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** Answers to commands that are not carried out. */
final class Refusals {

  private Refusals() {}

  /** Refuses the command if a client waits for an answer; sessions and the dispatcher repeat. */
  static void refuse(Command command, Rejection.Code code, String message) {
    var replyTo = replyTo(command);
    if (replyTo != null) {
      replyTo.tell(new Clients.Refused(new Rejection(code, message)));
    }
  }

  /** Refuses a command for good that a rule cannot bear, so that nobody repeats it. */
  static void setAside(int partition, Command command) {
    var rejection =
        new Rejection(
            Rejection.Code.INTERNAL,
            "expected a valid command, got one that makes the partition fail; the log of the"
                + " server has the details");
    if (command instanceof Leases.Settle settle) {
      var refused = new ArrayList<Leases.RefusedSettlement>();
      for (var settlement : settle.settlements()) {
        refused.add(
            new Leases.RefusedSettlement(settlement.sequence(), settlement.fence(), rejection));
      }
      settle.session().tell(new Leases.SettleAcked(partition, settle.batch(), refused));
    } else {
      refuse(command, rejection.code(), rejection.message());
    }
  }

  /** What the command is, for the log: without payloads and without the names of holders. */
  static String describe(Command command) {
    var name = command.getClass().getSimpleName();
    if (command instanceof Clients.Submit submit) {
      return name + " of " + submit.tasks().size() + " tasks";
    }
    if (command instanceof Clients.SubmitUnique) {
      return name + " of a task";
    }
    if (command instanceof Leases.Settle settle) {
      var of = settle.settlements();
      return name
          + " of "
          + of.size()
          + " settlements, the first of task "
          + (of.isEmpty() ? 0 : of.get(0).sequence());
    }
    if (command instanceof Clients.Cancel cancel) {
      return name + " of task " + cancel.sequence();
    }
    if (command instanceof Clients.Redrive redrive) {
      return name + " of task " + redrive.sequence();
    }
    if (command instanceof Clients.Discard discard) {
      return name + " of task " + discard.sequence();
    }
    return name;
  }

  /** Whom to tell when a command of a client is not carried out; null for all other commands. */
  static @Nullable ActorRef<Reply> replyTo(Command command) {
    return command instanceof Clients.Call call ? call.replyTo() : null;
  }
}
