package io.reeve.session;

import io.reeve.dispatch.Dispatcher;
import io.reeve.domain.dispatch.CreditTotals;
import io.reeve.partition.Leases;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.RecipientRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.jspecify.annotations.Nullable;

/**
 * What a session says to the dispatcher, whichever that is now. The session finds a dispatcher
 * through the singleton's proxy, then talks to it directly and watches it. Until it answers, the
 * session repeats its registration.
 */
final class ToDispatcher {

  private final ActorContext<Session.Command> context;
  private final RecipientRef<Dispatcher.Command> proxy;
  private final ActorRef<Dispatcher.ToSession> self;
  private final ActorRef<Leases.ToSession> deliverTo;
  private final String holder;
  private final int sessionNo;
  private @Nullable ActorRef<Dispatcher.Command> dispatcher;
  private long epoch;

  /**
   * @param token of the session that speaks
   * @param deliverTo where partitions deliver
   */
  ToDispatcher(
      ActorContext<Session.Command> context,
      RecipientRef<Dispatcher.Command> proxy,
      Session.ResumeToken token,
      ActorRef<Leases.ToSession> deliverTo) {
    this.context = context;
    this.proxy = proxy;
    this.self = context.messageAdapter(Dispatcher.ToSession.class, Session.FromDispatcher::new);
    this.deliverTo = deliverTo;
    this.holder = token.holder();
    this.sessionNo = token.sessionNo();
  }

  boolean isUp() {
    return dispatcher != null;
  }

  void register(Session.Hello offer, CreditTotals credit) {
    proxy.tell(
        new Dispatcher.Register(
            holder,
            sessionNo,
            offer.workerId(),
            offer.pool(),
            offer.queues(),
            offer.kinds(),
            offer.labels(),
            process(offer),
            credit,
            self,
            deliverTo));
  }

  /** Pools of one process have one host and process id, whichever of them started anew. */
  private static String process(Session.Hello offer) {
    return offer.pid() == 0 || offer.host().isEmpty()
        ? ""
        : offer.workerId() + "/" + offer.host() + "/" + offer.pid();
  }

  /**
   * The dispatcher answered.
   *
   * @return whether it works under another epoch than the last one that did
   */
  boolean up(Dispatcher.Registered registered) {
    if (registered.dispatcher().equals(dispatcher)) {
      return false;
    }
    if (dispatcher != null) {
      context.unwatch(dispatcher);
    }
    dispatcher = registered.dispatcher();
    context.watchWith(dispatcher, new Session.DispatcherStopped(dispatcher));
    var another = epoch != 0 && epoch != registered.epoch();
    epoch = registered.epoch();
    return another;
  }

  /** Whether it was the one in use that stopped. */
  boolean down(ActorRef<Dispatcher.Command> stopped) {
    if (!stopped.equals(dispatcher)) {
      return false;
    }
    dispatcher = null;
    return true;
  }

  /** The dispatcher in use does not know this session: only a new answer makes it usable again. */
  void forgotten() {
    if (dispatcher != null) {
      context.unwatch(dispatcher);
      dispatcher = null;
    }
  }

  /** States the credit; when there is no dispatcher, the next one learns it by registration. */
  void tellCredit(CreditTotals credit) {
    tell(new Dispatcher.CreditChanged(holder, sessionNo, credit, self));
  }

  void tellEnd() {
    tell(new Dispatcher.SessionEnded(holder, sessionNo, self));
  }

  private void tell(Dispatcher.Command command) {
    if (dispatcher != null) {
      dispatcher.tell(command);
    }
  }
}
