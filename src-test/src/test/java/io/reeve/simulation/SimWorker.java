package io.reeve.simulation;

import io.reeve.check.Checker;
import io.reeve.check.Fact;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.Outcome;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.TaskId;
import io.reeve.session.Session;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A worker process as the server sees it: one pool, one stream at a time, settlements kept until
 * they are acknowledged, leases resumed after a broken stream. Follows {@code io.reeve.worker.link}
 * and {@code io.reeve.worker.slot} step by step where the protocol is concerned, and can be told to
 * lie, to pause and to die.
 */
final class SimWorker {

  private static final long MS = 1_000_000;
  private static final int BATCHES_UNACKNOWLEDGED = 2;
  private static final int BATCH_MAX = 8;
  private static final long WELCOME_WITHIN = 2_000 * MS;
  private static final long RECEIVED_DELAY = 150 * MS;
  private static final long RECONNECT_MAX = 400 * MS;
  private static final int REMEMBERED_MAX = 64;

  /** What a worker offers. */
  record Offer(
      String id,
      int slots,
      int prefetch,
      int urgentPercent,
      List<String> queues,
      Set<String> kinds) {
    int capacity() {
      return slots + prefetch;
    }

    /** As in the real worker: a share of the capacity, at least one, never all. */
    int reserve(int capacity) {
      return urgentPercent == 0 || capacity < 2
          ? 0
          : Math.min(capacity - 1, Math.max(1, capacity * urgentPercent / 100));
    }
  }

  private enum Phase {
    WAITING,
    OPENING,
    UP
  }

  final Host host;
  private final World world;
  private final Cluster cluster;
  private final Checker checker;
  private final Offer offer;
  private final SplittableRandom random;
  private final boolean sessionsIgnoreCredit;

  private final ArrayDeque<Attempt> waiting = new ArrayDeque<>();
  private final List<Attempt> running = new ArrayList<>();
  private List<Attempt> ended = new ArrayList<>();
  private final Outbox outbox = new Outbox();
  private final ArrayDeque<Outbox.Report> remembered = new ArrayDeque<>();
  private final Set<Session.Lease> lied = new HashSet<>();

  private Phase phase = Phase.WAITING;
  private @Nullable SimStream stream;
  private Session.@Nullable ResumeToken token;
  private Set<Session.Lease> toldHeld = Set.of();
  private int toldCapacity;
  private String session = "";
  private long releasedTotal;
  private boolean creditDue;
  private long seen;
  private long acknowledged;
  private boolean receivedDue;
  private long beats;
  private long heardAt;
  private boolean lapsed;
  private boolean leaving;
  private int incarnation;

  /** From now on handlers are done soon, so that a backlog has an end. */
  boolean inHaste;

  int refusedStreams;

  SimWorker(
      World world,
      Cluster cluster,
      Checker checker,
      Offer offer,
      SplittableRandom random,
      boolean sessionsIgnoreCredit) {
    this.world = world;
    this.cluster = cluster;
    this.checker = checker;
    this.offer = offer;
    this.random = random;
    this.sessionsIgnoreCredit = sessionsIgnoreCredit;
    this.host = new Host(offer.id());
    boot();
  }

  // ---- The process

  private void boot() {
    incarnation++;
    waiting.clear();
    running.clear();
    ended.clear();
    outbox.clear();
    phase = Phase.WAITING;
    stream = null;
    token = null;
    leaving = false;
    lapsed = false;
    reconnect();
  }

  /** Kills the process; another one starts after a while. */
  void kill(long restartAfter, boolean unnoticed) {
    if (!host.up) {
      return;
    }
    var broken = stream;
    host.kill();
    if (broken != null) {
      if (unnoticed) {
        broken.fallSilent();
      } else {
        broken.close();
      }
    }
    world.in(
        restartAfter,
        () -> {
          host.boot();
          boot();
        });
  }

  void pause(long nanos) {
    if (host.up && !host.paused) {
      var life = host.life;
      host.pause();
      world.in(
          nanos,
          () -> {
            if (host.life == life) {
              host.resume();
            }
          });
    }
  }

  /** Finishes what runs, hands back the rest, says goodbye, and starts anew. */
  void leave(long restartAfter) {
    if (!host.up || leaving) {
      return;
    }
    world.in(
        0,
        host,
        () -> {
          leaving = true;
          waiting.forEach(attempt -> release(attempt, "the worker drains"));
          waiting.clear();
          creditDue = true;
          flush();
        });
    // A worker that does not come to an end is killed by its operator.
    world.in(restartAfter, () -> kill(10 * MS, false));
  }

  void breakStream(boolean silently) {
    var open = stream;
    if (open != null) {
      if (silently) {
        open.fallSilent();
      } else {
        open.breakDown();
      }
    }
  }

  boolean isIdle() {
    return waiting.isEmpty() && running.isEmpty() && ended.isEmpty() && outbox.isEmpty();
  }

  // ---- Streams

  private void reconnect() {
    world.in(1 + random.nextLong(RECONNECT_MAX), host, this::connect);
  }

  private void connect() {
    if (phase != Phase.WAITING) {
      return;
    }
    var node = cluster.nodes.get(random.nextInt(cluster.nodes.size()));
    if (!node.up) {
      reconnect();
      return;
    }
    phase = Phase.OPENING;
    var opened = new SimStream(world, cluster, this, node, sessionsIgnoreCredit);
    stream = opened;
    world.in(
        WELCOME_WITHIN,
        host,
        () -> {
          if (phase == Phase.OPENING && stream == opened) {
            notConnected(false);
          }
        });
    opened.say(hello());
  }

  private Session.Hello hello() {
    releasedTotal = 0;
    beats = 0;
    seen = 0;
    acknowledged = 0;
    receivedDue = false;
    var held = held();
    toldCapacity = capacity();
    toldHeld = token == null ? Set.of() : new LinkedHashSet<>(held);
    return new Session.Hello(
        offer.id(),
        "pool",
        offer.id() + "/" + incarnation,
        offer.queues(),
        offer.kinds(),
        toldCapacity,
        offer.reserve(toldCapacity),
        token,
        List.copyOf(toldHeld),
        "simulated",
        host.name,
        1);
  }

  private int capacity() {
    return leaving ? 0 : offer.capacity();
  }

  private List<Session.Lease> held() {
    outbox.startOver();
    for (var attempt : takeEnded()) {
      if (attempt.settlement != null) {
        outbox.add(report(attempt));
      }
    }
    var held = new ArrayList<Session.Lease>();
    waiting.forEach(attempt -> held.add(attempt.lease()));
    for (var attempt : running) {
      if (attempt.revoked) {
        attempt.counted = false;
      } else {
        held.add(attempt.lease());
      }
    }
    held.addAll(outbox.leases());
    return held;
  }

  /** The stream ended. */
  void closed(SimStream which, String reason, boolean refused) {
    if (which != stream) {
      return;
    }
    if (refused) {
      refusedStreams++;
    }
    if (phase == Phase.UP) {
      lost();
    } else {
      notConnected(refused);
    }
  }

  private void lost() {
    closeStream();
    world.in(
        Tuning.SESSION.resumeWithin().toNanos(),
        host,
        () -> {
          if (phase != Phase.UP) {
            lapsed = true;
          }
        });
    reconnect();
  }

  private void notConnected(boolean refused) {
    closeStream();
    if (refused && token != null) {
      // Whatever is wrong with taking over, a fresh start may still be welcome.
      token = null;
      lose(new HashSet<>(held()));
    }
    reconnect();
  }

  private void closeStream() {
    phase = Phase.WAITING;
    var open = stream;
    stream = null;
    if (open != null) {
      open.close();
    }
  }

  // ---- What the session says

  void hear(SimStream from, Session.ToWorker message) {
    if (from != stream) {
      return;
    }
    heardAt = world.nanos();
    if (message instanceof Session.Welcome welcome) {
      welcomed(welcome);
    } else if (message instanceof Session.Assignments assignments) {
      assigned(assignments);
    } else if (message instanceof Session.SettlementAck ack) {
      settled(ack);
    } else if (message instanceof Session.CancelLeases cancel) {
      revoke(
          cancel.leases().stream().map(l -> new Session.Lease(l.task(), l.fence())).toList(), true);
      flush();
    }
  }

  private void welcomed(Session.Welcome welcome) {
    if (phase != Phase.OPENING) {
      return;
    }
    phase = Phase.UP;
    token = welcome.resumeToken();
    session = offer.id() + "/" + welcome.sessionId() + "#" + token.sessionNo();
    lose(new HashSet<>(welcome.lost()));
    var held = toldHeld.stream().filter(lease -> !welcome.lost().contains(lease)).count();
    checker.add(
        new Fact.SessionBegan(session, toldCapacity, offer.reserve(toldCapacity), (int) held));
    lapsed = false;
    creditDue = true;
    beat(Objects.requireNonNull(stream));
    watchSilence(Objects.requireNonNull(stream));
    startWaiting();
    flush();
  }

  private void beat(SimStream on) {
    if (on == stream && phase == Phase.UP) {
      on.say(new Session.Beat(++beats, new Session.WorkerFigures("running", 0, 0, 0, 0, 0, 0)));
      world.in(Tuning.SESSION.heartbeatInterval().toNanos(), host, () -> beat(on));
    }
  }

  private void watchSilence(SimStream on) {
    if (on != stream || phase != Phase.UP) {
      return;
    }
    if (world.nanos() - heardAt > Tuning.SESSION.silenceMax().toNanos()) {
      lost();
    } else {
      world.in(Tuning.SESSION.silenceMax().toNanos() / 4, host, () -> watchSilence(on));
    }
  }

  private void assigned(Session.Assignments message) {
    if (message.sequence() <= seen) {
      return;
    }
    seen = message.sequence();
    for (var assignment : message.assignments()) {
      var attempt = new Attempt(message.partition(), assignment);
      var lease = attempt.lease();
      checker.add(new Fact.Delivered(session, lease.task(), lease.fence(), assignment.lane()));
      if (leaving || waiting.size() + running.size() >= offer.capacity()) {
        release(attempt, "no place for it");
      } else {
        waiting.add(attempt);
      }
    }
    startWaiting();
    flush();
    if (!receivedDue) {
      receivedDue = true;
      var on = stream;
      world.in(
          RECEIVED_DELAY,
          host,
          () -> {
            if (on == stream) {
              receivedDue = false;
              acknowledgeReceived();
            }
          });
    }
  }

  private void acknowledgeReceived() {
    if (stream != null && seen > acknowledged) {
      acknowledged = seen;
      stream.say(new Session.ReceivedUpTo(seen));
    }
  }

  private void settled(Session.SettlementAck ack) {
    var refusals = new ArrayList<>(ack.refused());
    for (var report : outbox.acknowledge(ack.batch())) {
      var lease = report.lease();
      Session.RefusedSettlement refusal = null;
      for (var refused : refusals) {
        if (refused.task().equals(lease.task()) && refused.fence() == lease.fence()) {
          refusal = refused;
        }
      }
      refusals.remove(refusal);
      remembered.add(report);
      if (remembered.size() > REMEMBERED_MAX) {
        remembered.remove();
      }
      if (lied.contains(lease) || (refusal != null && forgotten(refusal.rejection()))) {
        continue;
      }
      var s = report.settlement();
      checker.add(
          new Fact.SettleAnswered(
              lease.task(),
              lease.fence(),
              s.outcome(),
              s.outcome() == Outcome.COMPLETED ? Arrays.hashCode(s.result()) : 0,
              refusal == null));
    }
    flush();
  }

  /** The task ended so long ago that nobody remembers how. */
  private static boolean forgotten(Rejection rejection) {
    return rejection.code() == Rejection.Code.UNKNOWN_TASK;
  }

  // ---- What is said to the session

  private void flush() {
    var open = stream;
    if (open == null || phase != Phase.UP) {
      return;
    }
    while (outbox.onTheirWay() < BATCHES_UNACKNOWLEDGED) {
      collectEnded();
      var batch = outbox.next(BATCH_MAX);
      if (batch == null) {
        break;
      }
      acknowledgeReceived();
      open.say(batch);
      releasedTotal += outbox.slotsOfLast();
      creditDue = true;
    }
    if (creditDue) {
      creditDue = false;
      var capacity = capacity();
      checker.add(new Fact.CreditStated(session, capacity, offer.reserve(capacity), releasedTotal));
      open.say(new Session.CreditStated(capacity, offer.reserve(capacity), releasedTotal));
    }
    if (leaving && isIdle()) {
      open.say(new Session.Goodbye("drained"));
      closeStream();
    }
  }

  private void collectEnded() {
    for (var attempt : takeEnded()) {
      if (attempt.settlement != null) {
        outbox.add(report(attempt));
      } else if (attempt.counted) {
        releasedTotal++;
        creditDue = true;
      }
    }
  }

  private List<Attempt> takeEnded() {
    var taken = ended;
    ended = new ArrayList<>();
    return taken;
  }

  private static Outbox.Report report(Attempt attempt) {
    return new Outbox.Report(attempt.partition, Objects.requireNonNull(attempt.settlement), false);
  }

  // ---- Leases that are taken back

  private void lose(Set<Session.Lease> leases) {
    revoke(leases, false);
    outbox.drop(leases);
  }

  private void revoke(Collection<Session.Lease> leases, boolean counted) {
    for (var attempt : List.copyOf(waiting)) {
      if (leases.contains(attempt.lease())) {
        waiting.remove(attempt);
        attempt.revoked = true;
        attempt.counted = counted;
        ended.add(attempt);
      }
    }
    for (var attempt : running) {
      if (leases.contains(attempt.lease())) {
        attempt.revoked = true;
        attempt.counted = attempt.counted && counted;
        world.in(random.nextLong(100 * MS), host, () -> finish(attempt, null));
      }
    }
    for (var attempt : ended) {
      if (attempt.settlement != null && leases.contains(attempt.lease())) {
        attempt.settlement = null;
        attempt.counted = counted;
      }
    }
  }

  private void release(Attempt attempt, String reason) {
    var a = attempt.assignment;
    attempt.settlement = Settlement.released(a.sequence(), a.fence(), reason);
    ended.add(attempt);
  }

  // ---- Work

  private void startWaiting() {
    var reserve = offer.reserve(offer.slots());
    for (var attempt : List.copyOf(waiting)) {
      var free = offer.slots() - running.size();
      if (!lapsed && (attempt.urgent() ? free > 0 : free > reserve)) {
        waiting.remove(attempt);
        running.add(attempt);
        run(attempt);
      }
    }
  }

  private void run(Attempt attempt) {
    var a = attempt.assignment;
    var style = Style.of(a.spec());
    if (style == Style.HANGS && a.fence() == 1 && !inHaste) {
      // The server ends the attempt; the worker's own watch is for leases that it lied away.
      var late = new Failure(FailureType.TIMED_OUT, "still running", "");
      world.in(
          a.executionTimeoutMs() * MS * 2,
          host,
          () -> finish(attempt, Settlement.failed(a.sequence(), a.fence(), late, false, 0)));
      return;
    }
    var slow = style == Style.SLOW && !inHaste;
    var takes = slow ? 500 + random.nextInt(4_500) : 1 + random.nextInt(80);
    world.in(takes * MS, host, () -> finish(attempt, outcome(style, attempt)));
  }

  private Settlement outcome(Style style, Attempt attempt) {
    var a = attempt.assignment;
    var failure =
        new Failure(FailureType.ERROR, "attempt " + a.attempt() + " of " + offer.id(), "");
    if (style == Style.SHY && a.fence() <= 2) {
      return Settlement.released(a.sequence(), a.fence(), "not now");
    }
    if (style == Style.FATAL) {
      return Settlement.failed(a.sequence(), a.fence(), failure, true, 0);
    }
    if (style == Style.BROKEN || (style == Style.FLAKY && random.nextBoolean())) {
      return Settlement.failed(a.sequence(), a.fence(), failure, false, random.nextInt(2) * 300);
    }
    return Settlement.completed(a.sequence(), a.fence(), someResult());
  }

  private byte[] someResult() {
    return new byte[] {
      (byte) offer.id().hashCode(), (byte) random.nextInt(), (byte) random.nextInt()
    };
  }

  private void finish(Attempt attempt, @Nullable Settlement settlement) {
    if (!running.remove(attempt)) {
      return;
    }
    if (!attempt.revoked) {
      attempt.settlement = settlement;
    }
    ended.add(attempt);
    startWaiting();
    flush();
  }

  // ---- Lies

  /** What a worker may say that is not so. */
  enum Lie {
    /** What it said before, word for word. */
    AGAIN,
    /** What it said before, with another result. */
    OTHERWISE,
    /** Of the lease before. */
    OLD_FENCE,
    /** Of a lease that nobody has. */
    FUTURE_FENCE,
    /** Of a task that it never had. */
    FOREIGN
  }

  void lie(Lie lie, int partition, long sequence) {
    if (!host.up || host.paused || phase != Phase.UP) {
      return;
    }
    var before = remembered.peekLast();
    if (lie == Lie.FOREIGN || before == null) {
      tell(partition, Settlement.completed(sequence, 1 + sequence % 2, someResult()));
      return;
    }
    var s = before.settlement();
    switch (lie) {
      case AGAIN -> {
        outbox.add(new Outbox.Report(before.partition(), s, true));
        flush();
      }
      case OTHERWISE ->
          tell(before.partition(), Settlement.completed(s.sequence(), s.fence(), someResult()));
      case OLD_FENCE ->
          tell(
              before.partition(),
              Settlement.completed(s.sequence(), Math.max(1, s.fence() - 1), someResult()));
      case FUTURE_FENCE ->
          tell(before.partition(), Settlement.completed(s.sequence(), s.fence() + 1, someResult()));
      case FOREIGN -> throw new IllegalStateException("told above");
    }
  }

  private void tell(int partition, Settlement settlement) {
    lied.add(new Session.Lease(new TaskId(partition, settlement.sequence()), settlement.fence()));
    outbox.add(new Outbox.Report(partition, settlement, true));
    flush();
  }

  @Override
  public String toString() {
    return "%s %s session %s waiting %d running %d ended %d outbox %d released %d"
        .formatted(
            offer.id(),
            phase,
            session,
            waiting.size(),
            running.size(),
            ended.size(),
            outbox.onTheirWay(),
            releasedTotal);
  }
}
