package io.reeve.simulation;

import io.reeve.check.Checker;
import io.reeve.check.Fact;
import io.reeve.domain.task.Settlement;
import io.reeve.session.Session;
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

  private enum Phase {
    WAITING,
    OPENING,
    UP
  }

  final Host host;
  private final World world;
  private final Cluster cluster;
  private final Checker checker;
  private final WorkerOffer offer;
  private final SplittableRandom random;
  private final boolean sessionsIgnoreCredit;

  private final Slots slots;
  private final SimHandler handler;
  private final Outbox outbox = new Outbox();
  private final Reports reports;

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

  int refusedStreams;

  SimWorker(
      World world,
      Cluster cluster,
      Checker checker,
      WorkerOffer offer,
      SplittableRandom random,
      boolean sessionsIgnoreCredit) {
    this.world = world;
    this.cluster = cluster;
    this.checker = checker;
    this.offer = offer;
    this.random = random;
    this.sessionsIgnoreCredit = sessionsIgnoreCredit;
    this.host = new Host(offer.id());
    this.slots = new Slots(offer);
    this.reports = new Reports(checker);
    this.handler = new SimHandler(offer.id(), random);
    checker.add(new Fact.WorkerHas(offer.id(), offer.labels()));
    boot();
  }

  // ---- The process

  private void boot() {
    incarnation++;
    slots.clear();
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
          slots.drain();
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
    return slots.isIdle() && outbox.isEmpty();
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
        offer.labels(),
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
    for (var attempt : slots.takeEnded()) {
      if (attempt.settlement != null) {
        outbox.add(report(attempt));
      }
    }
    var held = slots.held();
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
      attempt.session = session;
      reports.delivered(attempt, slots.deliveredIn(session));
      slots.add(attempt, leaving);
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
    reports.answered(outbox.acknowledge(ack.batch()), ack.refused());
    flush();
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
    for (var attempt : slots.takeEnded()) {
      if (attempt.settlement != null) {
        outbox.add(report(attempt));
      } else if (attempt.counted) {
        releasedTotal++;
        creditDue = true;
      }
    }
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
    for (var attempt : slots.revoke(leases, counted)) {
      world.in(random.nextLong(100 * MS), host, () -> finish(attempt, null));
    }
  }

  // ---- Work

  private void startWaiting() {
    if (!lapsed) {
      for (var attempt : slots.start()) {
        var run = handler.run(attempt.assignment);
        if (SimHandler.kills(attempt.assignment)) {
          world.in(run.takesMs() * MS, host, () -> killBy(attempt));
        } else {
          world.in(run.takesMs() * MS, host, () -> finish(attempt, run.settlement()));
        }
      }
    }
  }

  /**
   * A process that kills itself has no say in what it did before, so it dies as a step of its own.
   */
  private void killBy(Attempt attempt) {
    if (slots.isRunning(attempt)) {
      var restartAfter = (100 + random.nextLong(1_000)) * MS;
      var unnoticed = random.nextBoolean();
      world.in(0, () -> kill(restartAfter, unnoticed));
    }
  }

  private void finish(Attempt attempt, @Nullable Settlement settlement) {
    if (slots.finish(attempt, settlement)) {
      startWaiting();
      flush();
    }
  }

  /** From now on handlers are done soon. */
  void makeHaste() {
    handler.inHaste = true;
  }

  // ---- Lies

  void lie(Lie lie, int partition, long sequence) {
    if (host.up && !host.paused && phase == Phase.UP) {
      outbox.add(reports.lie(lie, partition, sequence, handler.someResult()));
      flush();
    }
  }

  @Override
  public String toString() {
    return "%s %s session %s: %s, unacknowledged %d, released %d"
        .formatted(offer.id(), phase, session, slots, outbox.onTheirWay(), releasedTotal);
  }
}
