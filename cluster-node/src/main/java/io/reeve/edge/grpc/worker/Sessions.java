package io.reeve.edge.grpc.worker;

import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.calls.Reason;
import io.reeve.session.Session;
import io.reeve.session.WorkerCard;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * Parent of the sessions of this node: bounds their number, and sees to it that no stream outlives
 * its session. When it dies with its node, the workers resume elsewhere.
 */
public final class Sessions extends AbstractBehavior<Sessions.Command> {

  // ---- Protocol ---------------------------------------------------------------------------------

  public sealed interface Command {}

  /** Starts the session of a stream. */
  record Open(Session.Hello hello, OutboundStream stream, ActorRef<Answer> replyTo)
      implements Command {}

  /**
   * Tells every worker to go elsewhere, and takes no more sessions.
   *
   * @param endpoints of other servers; each worker is told all of them, and another one first than
   *     the worker before it, so that not all of them run to one
   */
  public record Leave(String reason, List<String> endpoints) implements Command {}

  /** Ends every stream in order. */
  public record CompleteAll() implements Command {}

  /** Stops every session, and this actor. */
  public record StopAll() implements Command {}

  sealed interface Answer {}

  record Opened(ActorRef<Session.FromWorker> session) implements Answer {}

  record NotOpened(EdgeRefusal refusal) implements Answer {}

  // ---- Construction -----------------------------------------------------------------------------

  private final SessionFactory factory;
  private final int sessionsMax;
  private final WorkerRoster roster;
  private final Map<ActorRef<Session.FromWorker>, Held> held = new HashMap<>();
  private final AtomicInteger open;
  private boolean leaving;

  private record Held(OutboundStream stream, WorkerCard card) {}

  /**
   * @param roster told of each session's begin and end
   * @param open kept at the number of sessions
   */
  public static Behavior<Command> create(
      SessionFactory factory, int sessionsMax, WorkerRoster roster, AtomicInteger open) {
    return Behaviors.setup(context -> new Sessions(context, factory, sessionsMax, roster, open));
  }

  private Sessions(
      ActorContext<Command> context,
      SessionFactory factory,
      int sessionsMax,
      WorkerRoster roster,
      AtomicInteger open) {
    super(context);
    this.roster = roster;
    this.open = open;
    this.factory = factory;
    this.sessionsMax = sessionsMax;
  }

  // ---- Behaviour --------------------------------------------------------------------------------

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Open.class, this::onOpen)
        .onMessage(Leave.class, this::onLeave)
        .onMessage(CompleteAll.class, this::onCompleteAll)
        .onMessage(StopAll.class, stop -> Behaviors.stopped())
        .onSignal(ChildFailed.class, this::onFailed)
        .onSignal(Terminated.class, this::onEnded)
        .build();
  }

  private Behavior<Command> onOpen(Open opening) {
    if (leaving) {
      opening
          .replyTo()
          .tell(
              new NotOpened(
                  new EdgeRefusal(
                      Reason.NODE_LEAVING, "expected a running node, got one that leaves")));
    } else if (held.size() >= sessionsMax) {
      opening
          .replyTo()
          .tell(
              new NotOpened(
                  new EdgeRefusal(
                      Reason.TOO_MANY_SESSIONS,
                      "expected at most " + sessionsMax + " sessions, got one more")));
    } else {
      var card = roster.opened();
      var session = getContext().spawnAnonymous(factory.create(opening.stream(), card));
      getContext().watch(session);
      held.put(session, new Held(opening.stream(), card));
      open.set(held.size());
      session.tell(opening.hello());
      opening.replyTo().tell(new Opened(session));
    }
    return this;
  }

  private Behavior<Command> onLeave(Leave leave) {
    leaving = true;
    var endpoints = new ArrayList<>(leave.endpoints());
    for (var session : held.values()) {
      // A worker whose buffer is full does not read; its stream ends a moment later anyhow.
      session.stream().offer(new Session.Reconnect(leave.reason(), endpoints));
      Collections.rotate(endpoints, 1);
    }
    return this;
  }

  private Behavior<Command> onCompleteAll(CompleteAll command) {
    held.values().forEach(session -> session.stream().complete());
    return this;
  }

  private Behavior<Command> onFailed(ChildFailed failed) {
    getContext().getLog().error("a session failed", failed.getCause());
    end(failed.getRef(), true);
    return this;
  }

  private Behavior<Command> onEnded(Terminated ended) {
    end(ended.getRef(), false);
    return this;
  }

  private void end(ActorRef<Void> session, boolean failed) {
    var ended = held.remove((ActorRef<?>) session);
    if (ended == null) {
      return;
    }
    open.set(held.size());
    roster.ended(ended.card(), failed);
    if (failed) {
      ended.stream()
          .refuse(new EdgeRefusal(Reason.SESSION_FAILED, "the session failed; connect and resume"));
    } else {
      ended.stream().complete();
    }
  }
}
