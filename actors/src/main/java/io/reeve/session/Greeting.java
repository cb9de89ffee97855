package io.reeve.session;

import io.reeve.domain.session.CreditBook;
import io.reeve.domain.session.Misuse;
import io.reeve.session.Session.Command;
import io.reeve.session.Session.Due;
import io.reeve.session.WorkerStream.SessionRefusal;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;

/** The stream is open and the worker has not said hello. Nobody else knows of the session yet. */
final class Greeting extends AbstractBehavior<Command> {

  private final Reminders reminders;
  private final Downstream worker;
  private final WorkerCard card;
  private final Session.Environment env;

  Greeting(
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
    reminders.set(Due.HELLO, env.tuning().helloWithin());
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Session.FromWorker.class, this::onFromWorker)
        .onMessageEquals(Due.HELLO, this::onNoHello)
        .onSignal(PostStop.class, this::onPostStop)
        .build();
  }

  private Behavior<Command> onFromWorker(Session.FromWorker message) {
    worker.handled();
    if (message instanceof Session.Hello hello) {
      return onHello(hello);
    }
    return message instanceof Session.StreamClosed
        ? onStreamClosed()
        : refuse(
            new Misuse(Misuse.Code.HELLO_EXPECTED, "expected a hello first, got another message"));
  }

  private Behavior<Command> onHello(Session.Hello hello) {
    var misuse = check(hello);
    if (misuse != null) {
      return refuse(misuse);
    }
    reminders.cancel(Due.HELLO);
    var resume = hello.resume();
    var token = resume == null ? Session.ResumeToken.first(env.ids().get()) : resume.next();
    var session = new SessionParts(getContext(), env, reminders, worker, card, hello, token);
    var lost = session.holding.takeOver(hello);
    card.introduce(hello, session.leases.total(), session.heardAt);
    return resume == null ? Serving.welcome(session, lost, false) : Resuming.begin(session, lost);
  }

  private @Nullable Misuse check(Session.Hello hello) {
    var max = env.settings().capacityMax();
    var ofCredit = CreditBook.check(hello.capacity(), hello.urgentReserve(), max);
    return ofCredit == null ? CreditBook.checkHeld(hello.held().size(), max) : ofCredit;
  }

  private Behavior<Command> onStreamClosed() {
    worker.ended();
    return Behaviors.stopped();
  }

  private Behavior<Command> onNoHello() {
    return refuse(new SessionRefusal("HELLO_LATE", "no hello came in time", true));
  }

  private Behavior<Command> refuse(Misuse misuse) {
    return refuse(new SessionRefusal(misuse.code().name(), misuse.message(), false));
  }

  private Behavior<Command> refuse(SessionRefusal refusal) {
    getContext()
        .getLog()
        .info("session without a hello ended: {} {}", refusal.reason(), refusal.message());
    worker.refuse(refusal);
    return Behaviors.stopped();
  }

  private Behavior<Command> onPostStop(PostStop signal) {
    worker.refuse(Phase.STOPPED);
    return this;
  }
}
