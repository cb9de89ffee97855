package io.reeve.session;

import io.reeve.domain.session.CreditBook;
import io.reeve.partition.Leases;
import io.reeve.session.Session.Command;
import io.reeve.session.Session.Due;
import io.reeve.session.WorkerStream.SessionRefusal;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.typed.Behavior;
import org.jspecify.annotations.Nullable;

/** The worker was welcomed: it gets leases, settles them, and beats. */
final class Serving extends Phase {

  private long renewedAt;

  private Serving(SessionParts session) {
    super(
        session,
        new CreditBook(
            session.env.settings().capacityMax(),
            session.hello.capacity(),
            session.hello.urgentReserve(),
            session.leases.total()));
  }

  /**
   * Welcomes the worker and registers with the dispatcher.
   *
   * @param lost leases that the worker named and that are not its own any more
   * @param alone one of its leases must have nothing beside it
   */
  static Behavior<Command> welcome(SessionParts session, List<Session.Lease> lost, boolean alone) {
    var serving = new Serving(session);
    if (alone) {
      serving.credit.holdsAlone();
    }
    return serving.begin(lost);
  }

  private Behavior<Command> begin(List<Session.Lease> lost) {
    session.reminders.cancel(Due.WELCOME);
    var env = session.env;
    var id = env.ids().get().substring(0, 12);
    getContext()
        .getLog()
        .info("session {} of {} began with {} leases", id, workerId(), session.leases.total());
    session.heardAt = session.now();
    renewedAt = session.heardAt;
    show(null);
    session.reminders.set(Due.SILENCE, env.settings().silenceMax());
    if (!session.partitions.allAttached()) {
      session.reminders.set(Due.ATTACH_AGAIN, env.tuning().attachWithin());
    }
    var welcome =
        new Session.Welcome(
            id, session.token, env.settings(), env.tuning().batchesMax(), List.copyOf(lost));
    if (!session.worker.say(welcome)) {
      return slowReader();
    }
    register();
    return this;
  }

  // ---- What the worker says -------------------------------------------------------------------

  @Override
  Behavior<Command> onSaid(Session.FromWorker message) {
    if (message instanceof Session.Settled settled) {
      return onSettled(settled);
    }
    if (message instanceof Session.CreditStated stated) {
      return onCreditStated(stated);
    }
    if (message instanceof Session.ReceivedUpTo received) {
      var misuse = session.worker.received(received.sequence());
      return misuse == null ? this : misused(misuse);
    }
    if (message instanceof Session.Beat beat) {
      return onBeat(beat);
    }
    if (message instanceof Session.ProgressMade progress) {
      return onProgress(progress);
    }
    return message instanceof Session.Goodbye goodbye ? onGoodbye(goodbye) : this;
  }

  private Behavior<Command> onSettled(Session.Settled settled) {
    var misuse = session.settling.check(settled);
    if (misuse != null) {
      return misused(misuse);
    }
    session.settling.open(settled);
    for (var part : settled.parts()) {
      session.partitions.settle(settled.batch(), part.partition(), part.settlements());
    }
    session.reminders.setOnce(Due.SETTLE_AGAIN, session.env.tuning().settleAgain());
    return acknowledge();
  }

  private Behavior<Command> onCreditStated(Session.CreditStated stated) {
    var misuse = credit.state(stated.capacity(), stated.urgentReserve(), stated.releasedTotal());
    if (misuse != null) {
      return misused(misuse);
    }
    show(null);
    tellCredit();
    return this;
  }

  private Behavior<Command> onBeat(Session.Beat beat) {
    show(beat.figures());
    if (session.heardAt - renewedAt >= session.env.settings().leaseDuration().toNanos() / 3) {
      renewedAt = session.heardAt;
      session.partitions.renew();
    }
    return say(new Session.Pong(beat.sequence()));
  }

  private Behavior<Command> onProgress(Session.ProgressMade progress) {
    var task = progress.task();
    if (task.partition() < session.env.partitions().count()
        && session.leases.holds(task.partition(), task.sequence(), progress.fence())) {
      session.partitions.progress(task.partition(), progress);
    }
    return this;
  }

  private Behavior<Command> onGoodbye(Session.Goodbye goodbye) {
    getContext().getLog().info("worker {} leaves: {}", workerId(), goodbye.reason());
    session.worker.complete();
    return end(false);
  }

  // ---- What partitions say --------------------------------------------------------------------

  @Override
  Behavior<Command> onAssigned(Leases.Assigned assigned) {
    var covered = admit(assigned, session.worker.hasRoomFor(assigned.assignments()));
    if (covered.isEmpty()) {
      return this;
    }
    if (!session.worker.deliver(assigned.partition(), covered, session.now())) {
      return slowReader();
    }
    session.reminders.setOnce(Due.RECEIVED, session.env.settings().receivedWithin());
    session.reminders.setOnce(Due.CREDIT, session.env.tuning().creditWithin());
    return this;
  }

  @Override
  Behavior<Command> acknowledge() {
    var ack = session.settling.news();
    return ack == null ? this : say(ack);
  }

  @Override
  Behavior<Command> onLeasesEnded(List<Session.CancelledLease> ended) {
    return ended.isEmpty() ? this : say(new Session.CancelLeases(ended));
  }

  @Override
  Behavior<Command> onAttached(int partition, List<Session.Lease> lost) {
    session.partitions.settleAgain(session.settling.batches(), partition);
    return onLeasesEnded(Holding.lost(lost));
  }

  // ---- What timers remind of ------------------------------------------------------------------

  @Override
  Behavior<Command> onDue(Due due) {
    if (due == Due.RECEIVED) {
      return checkReceived();
    }
    return due == Due.SILENCE ? checkSilence() : super.onDue(due);
  }

  private Behavior<Command> checkReceived() {
    var left = session.worker.leftNanos(session.now());
    if (left <= 0) {
      return refuse(
          new SessionRefusal(
              Downstream.DEAF, "the worker did not acknowledge its assignments in time", true));
    }
    if (left != Long.MAX_VALUE) {
      session.reminders.set(Due.RECEIVED, Duration.ofNanos(left));
    }
    return this;
  }

  private Behavior<Command> checkSilence() {
    if (session.worker.holdsBack()) {
      session.heardAt = session.now(); // what the worker says waits unread
    }
    var silent = session.now() - session.heardAt;
    var left = session.env.settings().silenceMax().toNanos() - silent;
    if (left <= 0) {
      return refuse(new SessionRefusal("SILENT", "the worker was silent for too long", true));
    }
    session.reminders.set(Due.SILENCE, Duration.ofNanos(left));
    return this;
  }

  // ---- What the worker is told ----------------------------------------------------------------

  /** Tells the worker, or ends its stream. */
  private Behavior<Command> say(Session.ToWorker message) {
    return session.worker.say(message) ? this : slowReader();
  }

  private Behavior<Command> slowReader() {
    return refuse(
        new SessionRefusal(Downstream.SLOW_READER, "the worker did not read its stream", true));
  }

  private void show(Session.@Nullable WorkerFigures said) {
    session.card.connected(totals(), session.leases.total(), session.heardAt, said);
  }
}
