package io.reeve.worker.link;

import io.reeve.v1.Assignments;
import io.reeve.v1.CancelLeases;
import io.reeve.v1.Control;
import io.reeve.v1.ServerMessage;
import io.reeve.v1.SettlementAck;
import io.reeve.v1.Welcome;
import io.reeve.v1.WorkerMessage;
import io.reeve.v1.WorkerState;
import io.reeve.worker.settings.LinkSettings;
import io.reeve.worker.settings.TimeText;
import io.reeve.worker.slot.Attempt;
import io.reeve.worker.slot.Workload;
import java.time.Duration;
import java.util.ArrayList;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one pool connected: connects to one endpoint after the other, says hello, beats, hands
 * assignments to the workload, and brings back credit and settlements until they are acknowledged.
 *
 * <p>Running attempts go on when a stream breaks. The next session resumes their leases, and
 * attempts whose leases it does not have are told to stop. Assignments and settlements travel in
 * batches. Attempts that end while the allowed number of batches is on its way form the next batch.
 */
public final class PoolConnection extends AbstractBehavior<PoolConnection.Command> {

  // ---- Protocol ---------------------------------------------------------------------------------

  public sealed interface Command {}

  /** Something ended in the workload. */
  public enum Flush implements Command {
    INSTANCE
  }

  /** Some attempt has said something of its progress. */
  public enum ProgressWaiting implements Command {
    INSTANCE
  }

  /** Take no new work, or take it again. */
  public record Draining(boolean on) implements Command {}

  /** Some slots are gone for good: never hold more than this again. */
  public record LimitCapacity(int capacity) implements Command {}

  /** The workload is empty and stays so: settle what is left, say goodbye, and end. */
  public record Leave(String reason) implements Command {}

  private record Connect() implements Command {}

  private record Inbound(int stream, ServerMessage message) implements Command {}

  private record Closed(int stream, StreamEnd end) implements Command {}

  private record WelcomeOverdue(int stream) implements Command {}

  private record Beat() implements Command {}

  private record CheckSilence() implements Command {}

  private record ReceivedDue() implements Command {}

  private record ProgressDue() implements Command {}

  private record SettlementsSlow(long batch) implements Command {}

  private record LeasesLapsed() implements Command {}

  private record GoodbyeOverdue() implements Command {}

  /** Batches that leave in the time of patience while an earlier one is awaited for longer. */
  private static final int PACE_WHEN_HELD_UP = 5;

  // ---- Construction -----------------------------------------------------------------------------

  private enum Phase {
    WAITING,
    OPENING,
    UP,
    LEAVING
  }

  private final ConnectionParts parts;
  private final LinkSettings settings;
  private final Workload workload;
  private final ActorRef<ConnectionEvent> pool;
  private final TimerScheduler<Command> timers;
  private final Endpoints endpoints;
  private final ReconnectPace pace;
  private final Upstream upstream;

  private Phase phase = Phase.WAITING;
  private int streams;
  private @Nullable ServerStream stream;
  private @Nullable Welcomed session;
  private String resumeToken = "";
  private long lastHeard;
  private int refusals;
  private String toldReason = "";
  private @Nullable String leaving;
  private long lastProgress;

  public static Behavior<Command> create(ConnectionParts parts, ActorRef<ConnectionEvent> pool) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new PoolConnection(context, timers, parts, pool)));
  }

  private PoolConnection(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      ConnectionParts parts,
      ActorRef<ConnectionEvent> pool) {
    super(context);
    context.setLoggerName(PoolConnection.class);
    this.parts = parts;
    this.settings = parts.settings();
    this.workload = parts.workload();
    this.pool = pool;
    this.timers = timers;
    this.endpoints = new Endpoints(parts.endpoints());
    this.pace = new ReconnectPace(settings.reconnect(), parts.nanos(), parts.random());
    this.upstream =
        new Upstream(parts.identity(), settings, workload, parts.figures(), this::heldBack);
    this.lastProgress = parts.nanos().getAsLong() - settings.progressInterval().toNanos();
    context.getSelf().tell(new Connect());
  }

  // ---- Behaviour --------------------------------------------------------------------------------

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Inbound.class, this::onInbound)
        .onMessage(Flush.class, this::onFlush)
        .onMessage(ProgressWaiting.class, this::onProgressWaiting)
        .onMessage(Draining.class, this::onDraining)
        .onMessage(LimitCapacity.class, this::onLimitCapacity)
        .onMessage(Leave.class, this::onLeave)
        .onMessage(Connect.class, this::onConnect)
        .onMessage(Closed.class, this::onClosed)
        .onMessage(WelcomeOverdue.class, this::onWelcomeOverdue)
        .onMessage(Beat.class, this::onBeat)
        .onMessage(CheckSilence.class, this::onCheckSilence)
        .onMessage(ReceivedDue.class, this::onReceivedDue)
        .onMessage(ProgressDue.class, this::onProgressDue)
        .onMessage(SettlementsSlow.class, this::onSettlementsSlow)
        .onMessage(LeasesLapsed.class, this::onLeasesLapsed)
        .onMessage(GoodbyeOverdue.class, overdue -> left())
        .onSignal(PostStop.class, this::onStop)
        .build();
  }

  private Behavior<Command> onConnect(Connect command) {
    if (phase != Phase.WAITING) {
      return this;
    }
    phase = Phase.OPENING;
    int number = ++streams;
    var self = getContext().getSelf();
    var opened =
        ServerStream.open(
            endpoints.current(),
            settings,
            new ServerStream.Listener(
                message -> self.tell(new Inbound(number, message)),
                () -> self.tell(Flush.INSTANCE),
                end -> self.tell(new Closed(number, end))));
    stream = opened;
    timers.startSingleTimer(new WelcomeOverdue(number), settings.welcomeWithin());
    opened.send(WorkerMessage.newBuilder().setHello(upstream.hello(resumeToken)).build());
    return this;
  }

  private Behavior<Command> onInbound(Inbound inbound) {
    if (inbound.stream() != streams || (phase != Phase.OPENING && session == null)) {
      return this;
    }
    lastHeard = parts.nanos().getAsLong();
    var message = inbound.message();
    switch (message.getMessageCase()) {
      case WELCOME -> onWelcome(message.getWelcome());
      case ASSIGNMENTS -> onAssignments(message.getAssignments());
      case SETTLEMENT_ACK -> {
        return onAck(message.getSettlementAck());
      }
      case CANCEL -> onCancel(message.getCancel());
      case CONTROL -> {
        return onControl(message.getControl());
      }
      case PING -> getContext().getLog().trace("heartbeat {} heard", message.getPing());
      // A newer server's word that this worker does not know yet.
      case MESSAGE_NOT_SET -> getContext().getLog().debug("message of an unknown type ignored");
    }
    return this;
  }

  // ---- The session ------------------------------------------------------------------------------

  private void onWelcome(Welcome welcome) {
    var opened = stream;
    if (phase != Phase.OPENING || opened == null) {
      return;
    }
    var resumed = !resumeToken.isEmpty();
    var welcomed = Welcomed.of(welcome, settings);
    session = welcomed;
    phase = Phase.UP;
    resumeToken = welcomed.resumeToken();
    pace.up();
    refusals = 0;
    toldReason = "";
    parts.execution().limitResults(welcomed.resultMax());
    timers.cancel(new WelcomeOverdue(streams));
    timers.cancel(new LeasesLapsed());
    upstream.open(opened, welcomed, Leases.of(welcome.getLostList()));
    workload.pause(false);
    var check = welcomed.silenceMax().dividedBy(4);
    timers.startTimerAtFixedRate(new CheckSilence(), check);
    timers.startTimerAtFixedRate(new Beat(), welcomed.heartbeatInterval());
    pool.tell(
        new ConnectionEvent.Up(
            endpoints.current(),
            welcomed.id(),
            welcomed.node(),
            upstream.capacity(),
            upstream.reserve(),
            resumed));
    leaveIfSettled();
  }

  private void onAssignments(Assignments assignments) {
    if (!upstream.isNew(assignments.getSequence())) {
      return;
    }
    var nowNanos = lastHeard;
    var nowMillis = parts.millis().getAsLong();
    var attempts = new ArrayList<Attempt>(assignments.getAssignmentsCount());
    for (var assignment : assignments.getAssignmentsList()) {
      attempts.add(new Attempt(assignment, parts.surroundings(), nowMillis, nowNanos));
    }
    workload.offer(attempts);
    var due = new ReceivedDue();
    if (session != null && !timers.isTimerActive(due)) {
      timers.startSingleTimer(due, session.receivedDelay());
    }
  }

  private Behavior<Command> onAck(SettlementAck ack) {
    for (var refused : ack.getRefusedList()) {
      workload.refused();
      getContext().getLog().debug("the server refused a settlement: {}", refused);
    }
    upstream.acknowledged(ack.getBatch());
    leaveIfSettled();
    return this;
  }

  private void onCancel(CancelLeases cancel) {
    workload.revoke(Leases.revoked(cancel));
  }

  private Behavior<Command> onControl(Control control) {
    switch (control.getOrderCase()) {
      case DRAIN, RESUME, SHUTDOWN -> pool.tell(new ConnectionEvent.Ordered(control));
      case RECONNECT -> {
        var reason = "sent to another endpoint: " + control.getReconnect().getReason();
        var next = lost(reason, Duration.ZERO, Duration.ZERO);
        endpoints.sentTo(
            NamedEndpoints.read(control.getReconnect().getEndpointsList(), getContext().getLog()));
        return next;
      }
      case DESIRED_CAPACITY -> upstream.desire(control.getDesiredCapacity());
      case ORDER_NOT_SET -> getContext().getLog().debug("order of an unknown type ignored");
    }
    return this;
  }

  // ---- Outwards ---------------------------------------------------------------------------------

  private Behavior<Command> onFlush(Flush command) {
    upstream.flush();
    leaveIfSettled();
    return this;
  }

  private Behavior<Command> onReceivedDue(ReceivedDue due) {
    upstream.acknowledgeReceived();
    return this;
  }

  private Behavior<Command> onProgressWaiting(ProgressWaiting command) {
    var sinceLast = parts.nanos().getAsLong() - lastProgress;
    var interval = settings.progressInterval().toNanos();
    if (sinceLast >= interval) {
      return onProgressDue(new ProgressDue());
    }
    timers.startSingleTimer(new ProgressDue(), Duration.ofNanos(interval - sinceLast));
    return this;
  }

  private Behavior<Command> onProgressDue(ProgressDue due) {
    lastProgress = parts.nanos().getAsLong();
    upstream.say(parts.progress().take());
    return this;
  }

  private Behavior<Command> onBeat(Beat command) {
    upstream.beat();
    return this;
  }

  // ---- Orders of the pool -----------------------------------------------------------------------

  private Behavior<Command> onDraining(Draining order) {
    upstream.enter(
        order.on() ? WorkerState.WORKER_STATE_DRAINING : WorkerState.WORKER_STATE_RUNNING);
    return this;
  }

  private Behavior<Command> onLimitCapacity(LimitCapacity order) {
    upstream.limit(order.capacity());
    return this;
  }

  private Behavior<Command> onLeave(Leave order) {
    if (leaving == null) {
      leaving = order.reason();
      upstream.enter(WorkerState.WORKER_STATE_STOPPING);
    }
    leaveIfSettled();
    return phase != Phase.UP && phase != Phase.LEAVING && upstream.isSettled() ? left() : this;
  }

  /** Says goodbye once it is to leave and nothing is left to report. */
  private void leaveIfSettled() {
    if (phase == Phase.UP && leaving != null && upstream.isSettled()) {
      phase = Phase.LEAVING;
      upstream.goodbye(leaving);
      timers.startSingleTimer(new GoodbyeOverdue(), Duration.ofSeconds(1));
    }
  }

  private Behavior<Command> left() {
    pool.tell(new ConnectionEvent.Left());
    return Behaviors.stopped();
  }

  // ---- The end of a stream ----------------------------------------------------------------------

  private Behavior<Command> onClosed(Closed closed) {
    if (closed.stream() != streams || phase == Phase.WAITING) {
      return this;
    }
    if (phase == Phase.LEAVING) {
      return left();
    }
    var end = closed.end();
    if (phase != Phase.UP) {
      return notConnected(end.reason(), end.isFinal(), end.retryDelay());
    }
    var next = lost(end.reason(), null, end.retryDelay());
    if (end.isBroken()) {
      endpoints.moveOn();
    }
    if (end.isFinal()) {
      // For instance because a later session has taken the leases over.
      startAfresh();
    }
    return next;
  }

  private Behavior<Command> onWelcomeOverdue(WelcomeOverdue overdue) {
    if (overdue.stream() != streams || phase != Phase.OPENING) {
      return this;
    }
    return notConnected(
        "no welcome within " + TimeText.of(settings.welcomeWithin()), false, Duration.ZERO);
  }

  private Behavior<Command> onCheckSilence(CheckSilence check) {
    if (phase != Phase.UP || session == null) {
      return this;
    }
    var silence = parts.nanos().getAsLong() - lastHeard;
    if (silence <= session.silenceMax().toNanos()) {
      return this;
    }
    var reason = "the server was silent for " + Duration.ofNanos(silence).toMillis() + " ms";
    var next = lost(reason, null, Duration.ZERO);
    endpoints.moveOn();
    return next;
  }

  /** The session broke. Without a {@code wait} the backoff decides, or the server's word. */
  private Behavior<Command> lost(String reason, @Nullable Duration wait, Duration atLeast) {
    var lapse = session == null ? Duration.ZERO : session.resumeWithin();
    var backoff = pace.lost(lapse, atLeast);
    closeStream(reason);
    pool.tell(new ConnectionEvent.Lost(endpoints.current(), reason));
    if (!lapse.isZero()) {
      timers.startSingleTimer(new LeasesLapsed(), lapse);
    }
    if (leaving != null && upstream.isSettled()) {
      return left();
    }
    reconnectAfter(wait == null ? backoff : wait);
    return this;
  }

  private Behavior<Command> notConnected(String reason, boolean refused, Duration atLeast) {
    var endpoint = endpoints.current();
    closeStream(reason);
    endpoints.moveOn();
    var backoff = pace.failed(atLeast);
    if (!reason.equals(toldReason)) {
      toldReason = reason;
      pool.tell(new ConnectionEvent.NotConnected(endpoint, reason, refused));
    }
    if (refused && !resumeToken.isEmpty()) {
      // Whatever is wrong with taking over, a fresh start may still be welcome.
      startAfresh();
    } else if (refused && settings.refusalsMax() > 0 && ++refusals >= settings.refusalsMax()) {
      pool.tell(new ConnectionEvent.GaveUp(reason));
      return this;
    }
    reconnectAfter(backoff);
    return this;
  }

  /** The next session resumes nothing; attempts of the last session are told to stop. */
  private void startAfresh() {
    resumeToken = "";
    upstream.forget();
  }

  /** No settlement leaves until those up to this batch are acknowledged, or have become slow. */
  private void heldBack(long batch) {
    if (!timers.isTimerActive(SettlementsSlow.class)) {
      var patience = settings.settlementPatience();
      timers.startSingleTimer(
          SettlementsSlow.class,
          new SettlementsSlow(batch),
          upstream.isHeldUp() ? patience.dividedBy(PACE_WHEN_HELD_UP) : patience);
    }
  }

  private Behavior<Command> onSettlementsSlow(SettlementsSlow due) {
    upstream.overlook(due.batch());
    return this;
  }

  private void closeStream(String reason) {
    streams++;
    phase = Phase.WAITING;
    session = null;
    upstream.close();
    timers.cancel(new Beat());
    timers.cancel(new CheckSilence());
    timers.cancel(new ReceivedDue());
    timers.cancel(SettlementsSlow.class);
    if (stream != null) {
      stream.cancel(reason);
      stream = null;
    }
  }

  private void reconnectAfter(Duration wait) {
    timers.startSingleTimer(new Connect(), wait);
  }

  /**
   * The leases of the broken session can no longer be resumed, so that others may run the tasks
   * already: attempts that have not begun here wait for the next session.
   */
  private Behavior<Command> onLeasesLapsed(LeasesLapsed lapsed) {
    if (phase != Phase.UP) {
      workload.pause(true);
    }
    return this;
  }

  private Behavior<Command> onStop(PostStop signal) {
    closeStream("the worker ends");
    return this;
  }
}
