package io.reeve.session;

import io.reeve.session.Session.Command;
import io.reeve.session.Session.Due;
import java.util.List;
import org.apache.pekko.actor.typed.Behavior;

/**
 * The stream ended: the session takes no more work and waits for the worker to resume in another
 * one. It stays registered, for it is the dispatcher who says that a later session took over.
 */
final class Grace extends Phase {

  private Grace(Phase before) {
    super(before.session, before.credit);
  }

  /**
   * Begins to wait.
   *
   * @param reason why the stream ended
   */
  static Behavior<Command> begin(Phase before, String reason) {
    return new Grace(before).begin(reason);
  }

  private Behavior<Command> begin(String reason) {
    session.card.waiting(reason, session.leases.total(), session.heardAt);
    credit.close();
    session.worker.forEachUndelivered(reason, session.now(), session.holding::undelivered);
    session.reminders.cancel(Due.WELCOME);
    session.reminders.cancel(Due.SILENCE);
    session.reminders.cancel(Due.RECEIVED);
    session.reminders.set(Due.GRACE_OVER, session.env.settings().resumeWithin());
    if (session.dispatcher.isUp()) {
      tellCredit();
    } else {
      register();
    }
    return this;
  }

  @Override
  Behavior<Command> onSaid(Session.FromWorker message) {
    throw new IllegalStateException("expected no message after the end of the stream, got one");
  }

  @Override
  Behavior<Command> onStreamClosed(Session.StreamClosed closed) {
    return this;
  }

  @Override
  Behavior<Command> onLeasesEnded(List<Session.CancelledLease> ended) {
    return this;
  }

  @Override
  Behavior<Command> onAttached(int partition, List<Session.Lease> lost) {
    session.partitions.settleAgain(session.settling.batches(), partition);
    return this;
  }

  @Override
  Behavior<Command> onDue(Due due) {
    return due == Due.GRACE_OVER ? end(true) : super.onDue(due);
  }
}
