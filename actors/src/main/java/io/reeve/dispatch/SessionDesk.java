package io.reeve.dispatch;

import io.reeve.dispatch.Dispatcher.Command;
import io.reeve.domain.dispatch.Dispatch;
import io.reeve.domain.dispatch.Offer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;

/** The dispatcher's dealings with sessions: which are registered, and where each is reached. */
final class SessionDesk {

  private final ActorContext<Command> context;
  private final Dispatch dispatch;
  private final Map<String, SessionAddress> byHolder = new HashMap<>();

  SessionDesk(ActorContext<Command> context, Dispatch dispatch) {
    this.context = context;
    this.dispatch = dispatch;
  }

  /**
   * A session registers.
   *
   * @return whether it is known now; a session whose holder has a later one is not
   */
  boolean register(Dispatcher.Register c) {
    var offer =
        new Offer(
            c.holder(),
            c.sessionNo(),
            c.workerId(),
            c.pool(),
            c.queues(),
            c.kinds(),
            c.labels(),
            c.process());
    var before = byHolder.get(c.holder());
    var moved = before != null && !before.session().equals(c.session());
    if (before != null && moved && before.sessionNo() == c.sessionNo()) {
      // A worker that never got its welcome resumes with the same token again. The session that
      // registered last counts.
      dispatch.end(c.holder(), c.sessionNo());
    }
    switch (dispatch.register(offer, c.credit())) {
      case STALE -> {
        c.session().tell(new Dispatcher.Superseded());
        return false;
      }
      case NEW -> {
        if (before != null && moved) {
          context.unwatch(before.session());
          before.session().tell(new Dispatcher.Superseded());
        }
        byHolder.put(c.holder(), new SessionAddress(c.sessionNo(), c.session(), c.deliverTo()));
        context.watchWith(
            c.session(), new Dispatcher.SessionStopped(c.holder(), c.sessionNo(), c.session()));
        context.getLog().info("worker {} pool {} registered", c.workerId(), c.pool());
      }
      case REPEATED -> context.getLog().debug("worker {} registered again", c.workerId());
    }
    return true;
  }

  /** A session states its credit; returns whether that is news. */
  boolean credit(Dispatcher.CreditChanged c) {
    if (isKnown(c.holder(), c.session())) {
      return dispatch.credit(c.holder(), c.sessionNo(), c.credit());
    }
    var known = byHolder.get(c.holder());
    c.session()
        .tell(
            known != null && known.sessionNo() >= c.sessionNo()
                ? new Dispatcher.Superseded()
                : new Dispatcher.RegisterAgain());
    return false;
  }

  /** A session ended or stopped; returns whether it was known. */
  boolean ended(String holder, int sessionNo, ActorRef<Dispatcher.ToSession> session) {
    if (!isKnown(holder, session)) {
      return false;
    }
    context.unwatch(session);
    byHolder.remove(holder);
    dispatch.end(holder, sessionNo);
    return true;
  }

  private boolean isKnown(String holder, ActorRef<Dispatcher.ToSession> session) {
    var address = byHolder.get(holder);
    return address != null && address.session().equals(session);
  }

  void tellAll(Dispatcher.ToSession message) {
    byHolder.values().forEach(address -> address.session().tell(message));
  }

  /** Orders go only to sessions that are known, and those have an address. */
  SessionAddress address(Offer to) {
    return Objects.requireNonNull(byHolder.get(to.holder()));
  }
}
