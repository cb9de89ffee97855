package io.reeve.session;

import io.reeve.domain.session.CreditBook;
import io.reeve.domain.session.Misuse;
import io.reeve.session.Session.Command;
import io.reeve.session.Session.Due;
import java.util.List;
import org.apache.pekko.actor.typed.Behavior;

/**
 * The worker resumes: partitions have to confirm its leases. It is welcomed once all have, or after
 * a time without those that have not.
 */
final class Resuming extends Phase {

  private final List<Session.Lease> lost;

  /** One of the leases must have nothing beside it. */
  private boolean alone;

  private Resuming(SessionParts session, List<Session.Lease> lost) {
    super(session, new CreditBook(session.env.settings().capacityMax(), 0, 0, 0));
    this.lost = lost;
  }

  /**
   * Asks all partitions.
   *
   * @param lost leases that the worker named and that cannot be taken over
   */
  static Behavior<Command> begin(SessionParts session, List<Session.Lease> lost) {
    session.partitions.attachAll();
    session.reminders.set(Due.WELCOME, session.env.tuning().attachWithin());
    return new Resuming(session, lost);
  }

  @Override
  Behavior<Command> onSaid(Session.FromWorker message) {
    return misused(
        new Misuse(
            Misuse.Code.HELLO_EXPECTED,
            "expected nothing before the welcome, got another message"));
  }

  @Override
  Behavior<Command> onLeasesEnded(List<Session.CancelledLease> ended) {
    lost.addAll(Holding.leases(ended)); // the welcome tells
    return this;
  }

  @Override
  void onAlone() {
    alone = true;
  }

  @Override
  Behavior<Command> onAttached(int partition, List<Session.Lease> taken) {
    lost.addAll(taken);
    return session.partitions.allAttached() ? Serving.welcome(session, lost, alone) : this;
  }

  @Override
  Behavior<Command> onDue(Due due) {
    return due == Due.WELCOME ? Serving.welcome(session, lost, alone) : super.onDue(due);
  }
}
