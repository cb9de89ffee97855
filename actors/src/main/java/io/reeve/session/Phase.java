package io.reeve.session;

import io.reeve.dispatch.Dispatcher;
import io.reeve.domain.dispatch.CreditTotals;
import io.reeve.domain.session.CreditBook;
import io.reeve.domain.session.Misuse;
import io.reeve.partition.Assignment;
import io.reeve.partition.Leases;
import io.reeve.session.Session.Command;
import io.reeve.session.Session.Due;
import io.reeve.session.WorkerStream.SessionRefusal;
import java.util.List;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * A session whose worker has said hello. What all phases have in common stands here; a phase adds
 * how it takes what the worker, the partitions and the timers say.
 *
 * <pre>
 *   Greeting ─hello─▶ Serving ─stream ends─▶ Grace ─time passes─▶ (ended)
 *      └─hello that resumes─▶ Resuming ─leases confirmed─▶ Serving
 *                                └─stream ends─▶ Grace
 * </pre>
 *
 * <p>From each phase a session ends when a later session of the holder has its leases.
 */
abstract class Phase extends AbstractBehavior<Command> {

  static final SessionRefusal STOPPED =
      new SessionRefusal("SESSION_STOPPED", "the session was stopped", true);

  final SessionParts session;
  final CreditBook credit;

  Phase(SessionParts session, CreditBook credit) {
    super(session.context);
    this.session = session;
    this.credit = credit;
  }

  @Override
  public final Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Session.FromPartition.class, this::onFromPartition)
        .onMessage(Session.FromWorker.class, this::onFromWorker)
        .onMessage(Session.FromDispatcher.class, this::onFromDispatcher)
        .onMessage(Session.DispatcherStopped.class, this::onDispatcherStopped)
        .onMessage(Due.class, this::onDue)
        .onSignal(PostStop.class, this::onPostStop)
        .build();
  }

  // ---- What the worker says -------------------------------------------------------------------

  private Behavior<Command> onFromWorker(Session.FromWorker message) {
    session.heardAt = session.now();
    session.worker.handled();
    if (message instanceof Session.StreamClosed closed) {
      session.worker.ended();
      return onStreamClosed(closed);
    }
    if (!session.worker.isOpen()) {
      return this; // what the worker said before it could know that its stream was ended
    }
    return message instanceof Session.Hello
        ? misused(new Misuse(Misuse.Code.SECOND_HELLO, "expected one hello, got another"))
        : onSaid(message);
  }

  /** The worker says something on its open stream. */
  abstract Behavior<Command> onSaid(Session.FromWorker message);

  Behavior<Command> onStreamClosed(Session.StreamClosed closed) {
    getContext().getLog().info("stream of worker {} ended: {}", workerId(), closed.cause());
    return Grace.begin(this, WorkerCard.DISCONNECTED);
  }

  // ---- What partitions say --------------------------------------------------------------------

  private Behavior<Command> onFromPartition(Session.FromPartition from) {
    var message = from.message();
    if (message instanceof Leases.Assigned assigned) {
      return onAssigned(assigned);
    }
    if (message instanceof Leases.SettleAcked acked) {
      session.settling.acknowledged(acked);
      return acknowledge();
    }
    if (message instanceof Leases.LeasesEnded ended) {
      return onLeasesEnded(session.holding.end(ended));
    }
    if (message instanceof Leases.LeasesHeld held) {
      session.partitions.compare(held);
      return this;
    }
    if (message instanceof Leases.AttachAgain again) {
      reattach(again.partition());
      return this;
    }
    return message instanceof Leases.Attached attached ? onAttached(attached) : this;
  }

  /** Only a worker that is served gets work; all else is handed back. */
  Behavior<Command> onAssigned(Leases.Assigned assigned) {
    admit(assigned, false);
    return this;
  }

  /** Hands back what the credit does not cover, and returns the rest. */
  final List<Assignment> admit(Leases.Assigned assigned, boolean serving) {
    var sorted = session.holding.sort(assigned, credit, serving);
    if (!sorted.handedBack().isEmpty()) {
      session.partitions.settle(0, assigned.partition(), sorted.handedBack());
      tellCredit();
    }
    return sorted.covered();
  }

  /** Tells the worker which of its settlements are durable; a phase without a stream cannot. */
  Behavior<Command> acknowledge() {
    return this;
  }

  /** These leases ended without the worker. */
  abstract Behavior<Command> onLeasesEnded(List<Session.CancelledLease> ended);

  private Behavior<Command> onAttached(Leases.Attached attached) {
    if (attached.sessionNo() > session.token.sessionNo()) {
      return superseded();
    }
    session.partitions.attached(attached.partition());
    if (attached.alone()) {
      onAlone();
    }
    return onAttached(attached.partition(), session.holding.lose(attached));
  }

  /** One of the leases of the holder must have nothing beside it. */
  void onAlone() {
    credit.holdsAlone();
    tellCredit();
  }

  /** The partition confirms the leases of the holder, but for those that are lost. */
  abstract Behavior<Command> onAttached(int partition, List<Session.Lease> lost);

  // ---- What the dispatcher says ---------------------------------------------------------------

  private Behavior<Command> onFromDispatcher(Session.FromDispatcher from) {
    var message = from.message();
    if (message instanceof Dispatcher.PartitionRestarted restarted) {
      reattach(restarted.partition());
    } else if (message instanceof Dispatcher.Superseded) {
      return superseded();
    } else if (message instanceof Dispatcher.RegisterAgain) {
      session.dispatcher.forgotten();
      register();
    } else if (message instanceof Dispatcher.Registered registered) {
      onRegistered(registered);
    }
    return this;
  }

  /** Without a dispatcher nobody reports restarted partitions, so it attaches to all. */
  private void onRegistered(Dispatcher.Registered registered) {
    session.reminders.cancel(Due.REGISTER_AGAIN);
    if (session.dispatcher.up(registered)) {
      for (var p = 0; p < session.env.partitions().count(); p++) {
        reattach(p);
      }
    }
    tellCredit();
  }

  private void reattach(int partition) {
    if (partition < session.env.partitions().count()) {
      session.partitions.attach(partition);
      session.reminders.set(Due.ATTACH_AGAIN, session.env.tuning().attachWithin());
    }
  }

  private Behavior<Command> onDispatcherStopped(Session.DispatcherStopped stopped) {
    if (session.dispatcher.down(stopped.dispatcher())) {
      register();
    }
    return this;
  }

  final void register() {
    session.dispatcher.register(session.hello, totals());
    session.reminders.set(Due.REGISTER_AGAIN, session.env.tuning().registerAgain());
  }

  final void tellCredit() {
    session.reminders.cancel(Due.CREDIT);
    session.dispatcher.tellCredit(totals());
    session.reminders.setOnce(Due.CREDIT_AGAIN, session.env.tuning().creditAgain());
  }

  final CreditTotals totals() {
    return credit.totals(session.leases.urgent());
  }

  // ---- What timers remind of ------------------------------------------------------------------

  /** Does what is due in any phase; a phase first does what is its own. */
  Behavior<Command> onDue(Due due) {
    switch (due) {
      case ATTACH_AGAIN -> attachAgain();
      case REGISTER_AGAIN -> {
        if (!session.dispatcher.isUp()) {
          register();
        }
      }
      case CREDIT, CREDIT_AGAIN -> tellCredit();
      case SETTLE_AGAIN -> settleAgain();
      case HELLO, WELCOME, RECEIVED, SILENCE, GRACE_OVER ->
          getContext().getLog().debug("{} is not due in this phase", due);
    }
    return this;
  }

  private void attachAgain() {
    if (!session.partitions.allAttached()) {
      session.partitions.attachAgain();
      session.reminders.set(Due.ATTACH_AGAIN, session.env.tuning().attachWithin());
    }
  }

  private void settleAgain() {
    var open = session.settling.batches();
    if (!open.isEmpty()) {
      session.partitions.settleAgain(open);
      session.reminders.set(Due.SETTLE_AGAIN, session.env.tuning().settleAgain());
    }
  }

  // ---- How a session ends ---------------------------------------------------------------------

  final Behavior<Command> misused(Misuse misuse) {
    return refuse(new SessionRefusal(misuse.code().name(), misuse.message(), false));
  }

  /** Ends the stream; the worker may resume in a new one while the grace time lasts. */
  final Behavior<Command> refuse(SessionRefusal refusal) {
    getContext()
        .getLog()
        .info("session of worker {} ended: {} {}", workerId(), refusal.reason(), refusal.message());
    session.worker.refuse(refusal);
    return Grace.begin(this, refusal.reason());
  }

  /** A later session has the leases. */
  private Behavior<Command> superseded() {
    getContext().getLog().info("session of worker {} was superseded", workerId());
    var refusal = new SessionRefusal("SUPERSEDED", "a later session took over", false);
    session.worker.refuse(refusal);
    session.card.end(refusal.reason());
    return Behaviors.stopped();
  }

  final Behavior<Command> end(boolean workerLost) {
    getContext()
        .getLog()
        .info("worker {} is gone, {} leases end", workerId(), session.leases.total());
    session.partitions.handBack(session.holding.undelivered());
    session.partitions.gone(workerLost);
    session.card.end(workerLost);
    session.dispatcher.tellEnd();
    return Behaviors.stopped();
  }

  private Behavior<Command> onPostStop(PostStop signal) {
    session.worker.refuse(STOPPED);
    return this;
  }

  final String workerId() {
    return session.hello.workerId();
  }
}
