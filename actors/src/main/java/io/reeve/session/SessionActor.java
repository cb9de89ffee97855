package io.reeve.session;

import io.reeve.dispatch.Dispatcher;
import io.reeve.domain.dispatch.CreditTotals;
import io.reeve.domain.session.CreditBook;
import io.reeve.domain.session.LeaseTable;
import io.reeve.domain.session.Misuse;
import io.reeve.partition.Assignment;
import io.reeve.partition.Leases;
import io.reeve.session.Session.Command;
import io.reeve.session.Session.Due;
import io.reeve.session.WorkerStream.SessionRefusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;

/** How a {@link Session} behaves. */
final class SessionActor extends AbstractBehavior<Command> {

  private final Reminders reminders;
  private final Downstream worker;
  private final WorkerCard card;
  private final Session.Environment env;
  private final ActorRef<Leases.ToSession> fromPartitions;
  private final ToDispatcher dispatcher;
  private final LeaseTable leases;
  private final Holding holding;
  private final Settling settling;
  private final List<Session.Lease> lost = new ArrayList<>();
  private Phase phase = Phase.NEW;
  private long heardAt;
  private long renewedAt;

  // Empty until the hello.
  private Session.@Nullable Hello hello;
  private Session.@Nullable ResumeToken token;
  private CreditBook credit;
  private ToPartitions partitions;

  SessionActor(
      ActorContext<Command> context,
      Reminders reminders,
      WorkerStream stream,
      WorkerCard card,
      Session.Environment env) {
    super(context);
    this.reminders = reminders;
    this.worker = new Downstream(stream, env.settings().receivedWithin());
    this.card = card;
    this.env = env;
    this.fromPartitions =
        context.messageAdapter(Leases.ToSession.class, Session.FromPartition::new);
    this.dispatcher = new ToDispatcher(context, env.dispatcher(), fromPartitions);
    this.leases = new LeaseTable(env.partitions().count());
    this.holding = new Holding(env.partitions().count(), leases);
    this.settling = new Settling(env.partitions().count(), leases, env.tuning().batchesMax());
    this.credit = new CreditBook(env.settings().capacityMax(), 0, 0, 0);
    this.partitions = new ToPartitions(env.partitions(), "", 0, leases, fromPartitions);
    reminders.set(Due.HELLO, env.tuning().helloWithin());
  }

  // ---- Behaviour

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Session.FromPartition.class, this::onFromPartition)
        .onMessage(Session.FromWorker.class, this::onFromWorker)
        .onMessage(Session.FromDispatcher.class, this::onFromDispatcher)
        .onMessage(Session.DispatcherStopped.class, this::onDispatcherStopped)
        .onMessage(Due.class, this::onDue)
        .onSignal(PostStop.class, this::onPostStop)
        .build();
  }

  // ---- What the worker says

  private Behavior<Command> onFromWorker(Session.FromWorker message) {
    heardAt = now();
    worker.handled();
    if (message instanceof Session.StreamClosed closed) {
      return onStreamClosed(closed);
    }
    if (!worker.isOpen()) {
      return this; // what the worker said before it could know that its stream was ended
    }
    if (message instanceof Session.Hello first) {
      return phase == Phase.NEW
          ? onHello(first)
          : misused(new Misuse(Misuse.Code.SECOND_HELLO, "expected one hello, got another"));
    }
    if (phase != Phase.SERVING) {
      return misused(phase.tooEarly());
    }
    if (message instanceof Session.Settled settled) {
      return onSettled(settled);
    }
    if (message instanceof Session.CreditStated stated) {
      return onCreditStated(stated);
    }
    if (message instanceof Session.ReceivedUpTo received) {
      var misuse = worker.received(received.sequence());
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

  private Behavior<Command> onHello(Session.Hello first) {
    var max = env.settings().capacityMax();
    var ofCredit = CreditBook.check(first.capacity(), first.urgentReserve(), max);
    var misuse = ofCredit == null ? CreditBook.checkHeld(first.held().size(), max) : ofCredit;
    if (misuse != null) {
      return misused(misuse);
    }
    reminders.cancel(Due.HELLO);
    hello = first;
    var resume = first.resume();
    var mine = resume == null ? Session.ResumeToken.first(env.ids().get()) : resume.next();
    token = mine;
    var holder = mine.holder();
    partitions =
        new ToPartitions(env.partitions(), holder, mine.sessionNo(), leases, fromPartitions);
    dispatcher.speakFor(holder, mine.sessionNo());
    lost.addAll(holding.takeOver(first));
    card.introduce(first, leases.total(), heardAt);
    phase = Phase.ATTACHING;
    if (resume == null) {
      return welcome(first);
    }
    partitions.attachAll();
    reminders.set(Due.WELCOME, env.tuning().attachWithin());
    return this;
  }

  private Behavior<Command> welcome(Session.Hello first) {
    reminders.cancel(Due.WELCOME);
    phase = Phase.SERVING;
    var capacityMax = env.settings().capacityMax();
    credit = new CreditBook(capacityMax, first.capacity(), first.urgentReserve(), leases.total());
    var id = env.ids().get().substring(0, 12);
    getContext()
        .getLog()
        .info("session {} of {} began with {} leases", id, first.workerId(), leases.total());
    heardAt = now();
    renewedAt = heardAt;
    show(null);
    reminders.set(Due.SILENCE, env.settings().silenceMax());
    if (!partitions.allAttached()) {
      reminders.set(Due.ATTACH_AGAIN, env.tuning().attachWithin());
    }
    var mine = Objects.requireNonNull(token);
    var batchesMax = env.tuning().batchesMax();
    var sent =
        worker.say(new Session.Welcome(id, mine, env.settings(), batchesMax, List.copyOf(lost)));
    lost.clear();
    return sent ? register() : slowReader();
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

  private Behavior<Command> onSettled(Session.Settled settled) {
    var misuse = settling.check(settled);
    if (misuse != null) {
      return misused(misuse);
    }
    for (var part : settling.open(settled)) {
      partitions.settle(settled.batch(), part.partition(), part.settlements());
    }
    reminders.setOnce(Due.SETTLE_AGAIN, env.tuning().settleAgain());
    return acknowledge();
  }

  private Behavior<Command> onBeat(Session.Beat beat) {
    show(beat.figures());
    if (heardAt - renewedAt >= env.settings().leaseDuration().toNanos() / 3) {
      renewedAt = heardAt;
      partitions.renew();
    }
    return say(new Session.Pong(beat.sequence()));
  }

  private Behavior<Command> onProgress(Session.ProgressMade progress) {
    var task = progress.task();
    if (task.partition() < env.partitions().count()
        && leases.holds(task.partition(), task.sequence(), progress.fence())) {
      partitions.progress(task.partition(), progress);
    }
    return this;
  }

  private Behavior<Command> onGoodbye(Session.Goodbye goodbye) {
    getContext().getLog().info("worker {} leaves: {}", workerId(), goodbye.reason());
    worker.complete();
    return end(false);
  }

  private Behavior<Command> onStreamClosed(Session.StreamClosed closed) {
    worker.ended();
    return switch (phase) {
      case NEW -> Behaviors.stopped();
      case GRACE -> this;
      case ATTACHING, SERVING -> {
        getContext().getLog().info("stream of worker {} ended: {}", workerId(), closed.cause());
        yield grace(WorkerCard.DISCONNECTED);
      }
    };
  }

  // ---- What partitions say

  private Behavior<Command> onFromPartition(Session.FromPartition from) {
    var message = from.message();
    if (message instanceof Leases.Assigned assigned) {
      return onAssigned(assigned);
    }
    if (message instanceof Leases.SettleAcked acked) {
      return onSettleAcked(acked);
    }
    if (message instanceof Leases.LeasesEnded ended) {
      return onLeasesEnded(ended);
    }
    if (message instanceof Leases.LeasesHeld held) {
      partitions.compare(held);
      return this;
    }
    return message instanceof Leases.Attached attached ? onAttached(attached) : this;
  }

  private Behavior<Command> onAssigned(Leases.Assigned assigned) {
    var sorted =
        holding.sort(
            assigned, credit, phase == Phase.SERVING && worker.hasRoomFor(assigned.assignments()));
    if (!sorted.handedBack().isEmpty()) {
      partitions.settle(0, assigned.partition(), sorted.handedBack());
      tellCredit();
    }
    return sorted.covered().isEmpty() ? this : deliver(assigned.partition(), sorted.covered());
  }

  private Behavior<Command> deliver(int partition, List<Assignment> assignments) {
    if (!worker.deliver(partition, assignments, now())) {
      return slowReader();
    }
    reminders.setOnce(Due.RECEIVED, env.settings().receivedWithin());
    reminders.setOnce(Due.CREDIT, env.tuning().creditWithin());
    return this;
  }

  private Behavior<Command> onSettleAcked(Leases.SettleAcked acked) {
    settling.acknowledged(acked);
    return acknowledge();
  }

  private Behavior<Command> acknowledge() {
    var ack = worker.isOpen() ? settling.news() : null;
    return ack == null ? this : say(ack);
  }

  private Behavior<Command> onLeasesEnded(Leases.LeasesEnded ended) {
    var gone = holding.end(ended);
    if (phase == Phase.ATTACHING) {
      lost.addAll(Holding.leases(gone)); // the welcome tells
    }
    return cancel(gone);
  }

  private Behavior<Command> onAttached(Leases.Attached attached) {
    if (token != null && attached.sessionNo() > token.sessionNo()) {
      return superseded();
    }
    var p = attached.partition();
    partitions.attached(p);
    var taken = holding.lose(attached);
    if (phase == Phase.ATTACHING) {
      lost.addAll(taken);
      return partitions.allAttached() ? welcome(Objects.requireNonNull(hello)) : this;
    }
    partitions.settleAgain(settling.batches(), p);
    return cancel(Holding.lost(taken));
  }

  private Behavior<Command> cancel(List<Session.CancelledLease> leases) {
    return leases.isEmpty() || phase != Phase.SERVING
        ? this
        : say(new Session.CancelLeases(leases));
  }

  // ---- What the dispatcher says

  private Behavior<Command> onFromDispatcher(Session.FromDispatcher from) {
    var message = from.message();
    if (message instanceof Dispatcher.PartitionRestarted restarted) {
      reattach(restarted.partition());
    } else if (message instanceof Dispatcher.Superseded) {
      return superseded();
    } else if (message instanceof Dispatcher.RegisterAgain) {
      dispatcher.forgotten();
      return register();
    } else if (message instanceof Dispatcher.Registered registered) {
      reminders.cancel(Due.REGISTER_AGAIN);
      if (dispatcher.up(registered)) {
        // Between two dispatchers nobody told which partitions restarted.
        for (var p = 0; p < env.partitions().count(); p++) {
          reattach(p);
        }
      }
      tellCredit();
    }
    return this;
  }

  private void reattach(int partition) {
    if (partition < env.partitions().count()) {
      partitions.attach(partition);
      reminders.set(Due.ATTACH_AGAIN, env.tuning().attachWithin());
    }
  }

  private Behavior<Command> onDispatcherStopped(Session.DispatcherStopped stopped) {
    return dispatcher.down(stopped.dispatcher()) ? register() : this;
  }

  private Behavior<Command> register() {
    dispatcher.register(Objects.requireNonNull(hello), totals());
    reminders.set(Due.REGISTER_AGAIN, env.tuning().registerAgain());
    return this;
  }

  private void tellCredit() {
    reminders.cancel(Due.CREDIT);
    dispatcher.tellCredit(totals());
    reminders.setOnce(Due.CREDIT_AGAIN, env.tuning().creditAgain());
  }

  // ---- What timers remind of

  private Behavior<Command> onDue(Due due) {
    return switch (due) {
      case HELLO -> refuse("HELLO_LATE", "no hello came in time", true);
      case WELCOME -> welcome(Objects.requireNonNull(hello));
      case ATTACH_AGAIN -> {
        if (!partitions.allAttached()) {
          partitions.attachAgain();
          reminders.set(Due.ATTACH_AGAIN, env.tuning().attachWithin());
        }
        yield this;
      }
      case REGISTER_AGAIN -> dispatcher.isUp() ? this : register();
      case CREDIT, CREDIT_AGAIN -> {
        tellCredit();
        yield this;
      }
      case SETTLE_AGAIN -> {
        if (!settling.batches().isEmpty()) {
          partitions.settleAgain(settling.batches());
          reminders.set(Due.SETTLE_AGAIN, env.tuning().settleAgain());
        }
        yield this;
      }
      case RECEIVED -> checkReceived();
      case SILENCE -> checkSilence();
      case GRACE_OVER -> end(true);
    };
  }

  private Behavior<Command> checkReceived() {
    var left = worker.leftNanos(now());
    if (left <= 0) {
      return refuse(
          Downstream.DEAF, "the worker did not acknowledge its assignments in time", true);
    }
    if (left != Long.MAX_VALUE) {
      reminders.set(Due.RECEIVED, Duration.ofNanos(left));
    }
    return this;
  }

  private Behavior<Command> checkSilence() {
    if (worker.holdsBack()) {
      heardAt = now(); // what the worker says waits unread
    }
    var left = env.settings().silenceMax().toNanos() - (now() - heardAt);
    if (left <= 0) {
      return refuse("SILENT", "the worker was silent for too long", true);
    }
    reminders.set(Due.SILENCE, Duration.ofNanos(left));
    return this;
  }

  // ---- How a session ends

  private Behavior<Command> misused(Misuse misuse) {
    return refuse(misuse.code().name(), misuse.message(), false);
  }

  private Behavior<Command> slowReader() {
    return refuse(Downstream.SLOW_READER, "the worker did not read its stream", true);
  }

  /** Ends the stream; the worker may resume in a new one while the grace time lasts. */
  private Behavior<Command> refuse(String reason, String message, boolean retry) {
    getContext().getLog().info("session of worker {} ended: {} {}", workerId(), reason, message);
    worker.refuse(new SessionRefusal(reason, message, retry));
    return switch (phase) {
      case NEW -> Behaviors.stopped();
      case GRACE -> this;
      case ATTACHING, SERVING -> grace(reason);
    };
  }

  /** A later session has the leases. */
  private Behavior<Command> superseded() {
    getContext().getLog().info("session of worker {} was superseded", workerId());
    var refusal = new SessionRefusal("SUPERSEDED", "a later session took over", false);
    worker.refuse(refusal);
    card.end(refusal.reason());
    return Behaviors.stopped();
  }

  /**
   * Takes no more work and waits for the worker to resume. Registered all the while, for it is the
   * dispatcher who says that a later session took over.
   */
  private Behavior<Command> grace(String reason) {
    phase = Phase.GRACE;
    card.waiting(reason, leases.total(), heardAt);
    credit.close();
    worker.forEachUndelivered(reason, now(), holding::undelivered);
    reminders.cancel(Due.WELCOME);
    reminders.cancel(Due.SILENCE);
    reminders.cancel(Due.RECEIVED);
    reminders.set(Due.GRACE_OVER, env.settings().resumeWithin());
    if (dispatcher.isUp()) {
      tellCredit();
    } else {
      register();
    }
    return this;
  }

  private Behavior<Command> end(boolean workerLost) {
    getContext().getLog().info("worker {} is gone, {} leases end", workerId(), leases.total());
    partitions.handBack(holding.undelivered());
    partitions.gone(workerLost);
    card.end(workerLost);
    dispatcher.tellEnd();
    return Behaviors.stopped();
  }

  private Behavior<Command> onPostStop(PostStop signal) {
    worker.refuse(new SessionRefusal("SESSION_STOPPED", "the session was stopped", true));
    return this;
  }

  // ---- Helpers

  /** Tells the worker, or ends its stream. */
  private Behavior<Command> say(Session.ToWorker message) {
    return worker.say(message) ? this : slowReader();
  }

  private void show(Session.@Nullable WorkerFigures said) {
    card.connected(totals(), leases.total(), heardAt, said);
  }

  private CreditTotals totals() {
    return credit.totals(leases.urgent());
  }

  private String workerId() {
    return hello == null ? "" : hello.workerId();
  }

  private long now() {
    return env.nanoTime().getAsLong();
  }
}
