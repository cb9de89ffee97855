package io.reeve.simulation;

import io.reeve.check.Checker;
import io.reeve.check.Fact;
import io.reeve.check.Invariant;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.HeededRules;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskProfile;
import io.reeve.partition.Clients;
import io.reeve.partition.Grants;
import io.reeve.partition.Leases;
import io.reeve.partition.SmallPartition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Two tasks at one partition, two workers, two dispatchers; who can crash once, and let leases run
 * out three times. Every message that was ever sent may arrive at any time and more than once.
 */
final class SmallWorld {

  static final int TASKS = 2;
  static final int WORKERS = 2;
  static final int DISPATCHERS = 2;
  private static final int GRANTS_EACH = 2;
  private static final int CRASHES = 1;
  private static final int EXPIRIES = 3;
  private static final int ATTEMPTS = 2;
  private static final long LEASE = 1_000;
  private static final TaskClass CLASS = new TaskClass("q", "k", Lane.NORMAL, Priority.NORMAL);
  private static final byte[] NOTHING = {};

  /** What may happen. */
  enum What {
    /** Dispatcher a greets. */
    GREET,
    /** Dispatcher a grants one task to worker b. */
    GRANT,
    /** The same, and the partition dies before the row is stored. */
    GRANT_AND_CRASH,
    /** Worker a completes lease b that it ever had. */
    COMPLETE,
    /** Worker a completes, and the partition dies before the row is stored. */
    COMPLETE_AND_CRASH,
    /** Worker a fails lease b. */
    FAIL,
    /** Worker a hands lease b back. */
    RELEASE,
    /** Worker a's leases run out, the other's are renewed. */
    EXPIRE,
    /** Worker a resumes with a new session and has nothing any more. */
    RESUME,
    /** Worker a is lost. */
    LOSE
  }

  /** One step. */
  record Move(What what, int a, int b) {}

  /** A lease that reached its worker. */
  private record Lease(long sequence, long fence) implements Comparable<Lease> {
    @Override
    public int compareTo(Lease other) {
      return sequence == other.sequence
          ? Long.compare(fence, other.fence)
          : Long.compare(sequence, other.sequence);
    }
  }

  final Checker checker = Checker.ofEverything(LEASE);
  private final SmallPartition partition =
      new SmallPartition(LEASE, new To<>(command -> {}), this::stored);
  private final Flaw flaw;
  private final List<TreeSet<Lease>> had = new ArrayList<>();
  private final List<ActorRef<Leases.ToSession>> sessions = new ArrayList<>();
  private final int[] sessionNo = new int[WORKERS];
  private final int[] grants = new int[DISPATCHERS + 1];
  private long greeted;
  private int stored;
  private int crashes;
  private int expiries;

  /**
   * @param flaw one of the partition's, to be found
   */
  SmallWorld(Flaw flaw) {
    this.flaw = flaw;
    for (var w = 0; w < WORKERS; w++) {
      var leases = new TreeSet<Lease>();
      had.add(leases);
      sessionNo[w] = 1;
      sessions.add(new To<>(message -> hear(leases, message)));
    }
    var profile =
        new TaskProfile(
            CLASS,
            1_000_000_000,
            0,
            new RetryPolicy(ATTEMPTS, Duration.ZERO, Duration.ZERO, 1, 0),
            "");
    var tasks = new ArrayList<Clients.NewTask>();
    for (var t = 0; t < TASKS; t++) {
      tasks.add(new Clients.NewTask(profile, 0, 0, NOTHING));
    }
    checker.add(new Fact.SubmitCalled("r", TASKS));
    partition.carryOut(new Clients.Submit("r", 1, tasks, new To<>(reply -> {})));
  }

  private void hear(Set<Lease> leases, Leases.ToSession message) {
    if (message instanceof Leases.Assigned assigned) {
      for (var a : assigned.assignments()) {
        leases.add(new Lease(a.sequence(), a.fence()));
        checker.add(new Fact.Delivered("any", new TaskId(0, a.sequence()), a.fence(), a.lane()));
      }
    }
  }

  // ---- Moves

  /** What may happen next. */
  List<Move> moves() {
    var moves = new ArrayList<Move>();
    for (var d = 1; d <= DISPATCHERS; d++) {
      moves.add(new Move(What.GREET, d, 0));
      for (var w = 0; w < WORKERS && grants[d] < GRANTS_EACH; w++) {
        moves.add(new Move(What.GRANT, d, w));
        if (crashes < CRASHES) {
          moves.add(new Move(What.GRANT_AND_CRASH, d, w));
        }
      }
    }
    for (var w = 0; w < WORKERS; w++) {
      for (var lease = 0; lease < had.get(w).size(); lease++) {
        moves.add(new Move(What.COMPLETE, w, lease));
        moves.add(new Move(What.FAIL, w, lease));
        moves.add(new Move(What.RELEASE, w, lease));
        if (crashes < CRASHES) {
          moves.add(new Move(What.COMPLETE_AND_CRASH, w, lease));
        }
      }
      if (expiries < EXPIRIES) {
        moves.add(new Move(What.EXPIRE, w, 0));
      }
      if (sessionNo[w] == 1) {
        moves.add(new Move(What.RESUME, w, 0));
      }
      moves.add(new Move(What.LOSE, w, 0));
    }
    return moves;
  }

  void make(Move move) {
    var a = move.a();
    switch (move.what()) {
      case GREET -> greet(a);
      case GRANT -> grant(a, move.b());
      case GRANT_AND_CRASH -> {
        crashes++;
        partition.dieOver(grantOf(a, move.b()), answersEarly());
        greeted = 0;
      }
      case COMPLETE -> {
        var lease = lease(a, move.b());
        settle(a, Settlement.completed(lease.sequence(), lease.fence(), NOTHING));
      }
      case COMPLETE_AND_CRASH -> {
        crashes++;
        var lease = lease(a, move.b());
        partition.dieOver(
            settlement(a, Settlement.completed(lease.sequence(), lease.fence(), NOTHING)),
            answersEarly());
        greeted = 0;
      }
      case FAIL -> {
        var lease = lease(a, move.b());
        var failure = new Failure(FailureType.ERROR, "no", "");
        settle(a, Settlement.failed(lease.sequence(), lease.fence(), failure, false, 0));
      }
      case RELEASE -> {
        var lease = lease(a, move.b());
        settle(a, Settlement.released(lease.sequence(), lease.fence(), "no"));
      }
      case EXPIRE -> expire(a);
      case RESUME -> {
        sessionNo[a]++;
        partition.carryOut(new Leases.Attach(holder(a), sessionNo[a], sessions.get(a), List.of()));
      }
      case LOSE ->
          partition.carryOut(new Leases.HolderGone(holder(a), sessionNo[a], true, sessions.get(a)));
    }
  }

  private void greet(int dispatcher) {
    partition.carryOut(new Grants.Greet(dispatcher, new To<>(message -> {}), HeededRules.NONE));
    greeted = Math.max(greeted, dispatcher);
  }

  private void grant(int dispatcher, int worker) {
    var before = stored;
    partition.carryOut(grantOf(dispatcher, worker));
    if (stored > before && dispatcher != greeted) {
      checker.violated(
          Invariant.EPOCHS_GROW,
          "leased under epoch %d, it heeds %d".formatted(dispatcher, greeted));
    }
  }

  private Grants.Grant grantOf(int dispatcher, int worker) {
    var seq = ++grants[dispatcher];
    return new Grants.Grant(
        flaw == Flaw.TAKES_OLD_EPOCHS ? greeted : dispatcher,
        seq,
        CLASS,
        1,
        holder(worker),
        sessionNo[worker],
        holder(worker),
        sessions.get(worker));
  }

  private Lease lease(int worker, int index) {
    var all = had.get(worker).iterator();
    for (var i = 0; i < index; i++) {
      all.next();
    }
    return all.next();
  }

  private void settle(int worker, Settlement settlement) {
    partition.carryOut(settlement(worker, settlement));
  }

  private Leases.Settle settlement(int worker, Settlement settlement) {
    return new Leases.Settle(holder(worker), 1, List.of(settlement), sessions.get(worker));
  }

  private void expire(int worker) {
    expiries++;
    partition.pass(LEASE / 2);
    for (var w = 0; w < WORKERS; w++) {
      if (w != worker) {
        partition.carryOut(new Leases.Renew(holder(w), sessionNo[w], null));
      }
    }
    partition.pass(LEASE / 2);
    partition.tick();
  }

  private boolean answersEarly() {
    return flaw == Flaw.ANSWERS_BEFORE_IT_IS_STORED;
  }

  private static String holder(int worker) {
    return "w" + worker;
  }

  private void stored(List<PartitionEvent> events) {
    stored += events.size();
    for (var event : events) {
      checker.add(new Fact.Stored(0, event, partition.nanos()));
    }
  }

  // ---- Where it stands

  /** Of everything that makes a difference to what can follow. */
  long hash() {
    var counts =
        Objects.hash(
            Arrays.hashCode(grants),
            Arrays.hashCode(sessionNo),
            partition.sessionNo(holder(0)),
            partition.sessionNo(holder(1)),
            crashes,
            expiries,
            greeted);
    var hash = partition.hash() * 0x9E3779B97F4A7C15L + counts;
    for (var leases : had) {
      for (var lease : leases) {
        hash = hash * 0x9E3779B97F4A7C15L + lease.sequence() * 64 + lease.fence();
      }
      hash = hash * 31 + 7;
    }
    return hash;
  }

  /**
   * Lets a new dispatcher and a new worker do their work, once nothing is heard of the others;
   * every task has to end by that.
   */
  void comeToAnEnd() {
    var leases = new TreeSet<Lease>();
    ActorRef<Leases.ToSession> session = new To<>(message -> hear(leases, message));
    partition.pass(LEASE);
    partition.tick();
    greet(DISPATCHERS + 1);
    for (var taskClass : List.of(CLASS, CLASS.inQuarantine())) {
      partition.carryOut(
          new Grants.Grant(
              DISPATCHERS + 1, ++grants[0], taskClass, TASKS, "last", 1, "last", session));
    }
    for (var lease : leases) {
      partition.carryOut(
          new Leases.Settle(
              "last",
              1,
              List.of(Settlement.completed(lease.sequence(), lease.fence(), NOTHING)),
              session));
    }
    checker.end();
  }

  /** A way to somebody who only listens. */
  private static final class To<T> extends PlainRef<T> {

    private static final long serialVersionUID = 1;
    private final transient Consumer<T> listener;

    To(Consumer<T> listener) {
      this.listener = listener;
    }

    @Override
    public void tell(T message) {
      listener.accept(message);
    }
  }
}
