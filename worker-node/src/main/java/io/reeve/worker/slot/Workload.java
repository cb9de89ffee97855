package io.reeve.worker.slot;

import static java.util.stream.Collectors.toMap;

import io.reeve.v1.LeaseRef;
import io.reeve.v1.Settlement;
import io.reeve.worker.CancelCause;
import io.reeve.worker.lane.LaneQueues;
import io.reeve.worker.lane.Reserve;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All attempts that one pool holds: those that wait in its lanes, run in its slots, or have ended
 * and are not yet handed to the connection. The one place where the stream's thread and the slots
 * meet.
 *
 * <p>One lock guards it all, and one turn under it both ends an attempt and takes the next, so that
 * a task costs one short critical section and no message between actors. Nothing that blocks or
 * calls a handler happens inside.
 *
 * <p>The thread that makes an attempt startable wakes one sleeping slot: the woken slot wakes the
 * next one before it runs its own task. So a burst of tiny tasks is done by the few slots that are
 * awake anyway, while long tasks still fill all slots in the time of a few thread starts.
 */
public final class Workload {

  private static final Logger LOG = LoggerFactory.getLogger(Workload.class);

  /** What the workload tells others; called outside its lock, by any thread. */
  public interface Listener {
    /** Something ended since the last {@link #takeEnded}; not told again before the next one. */
    void ended();

    /** Nothing waits and nothing runs any more, and nothing will: the pool drains. */
    void emptied();
  }

  private final int percent;
  private final int capacity;
  private final Executor threads;
  private final Listener listener;
  private final LaneQueues<Attempt> waiting;
  private final Place[] places;
  private final int[] sleeping;
  private int sleepers;
  private int up;
  private int reserve;
  private int active;
  private int activeUrgent;
  private boolean waking;
  private boolean paused;
  private boolean draining;
  private boolean closed;
  private ArrayList<Attempt> ended = new ArrayList<>();
  private boolean endedTold;
  private long completed;
  private long failed;
  private long released;
  private long revoked;
  private long abandoned;
  private long refused;

  /**
   * @param slots attempts that run at the same time
   * @param prefetch leases held beyond those
   * @param percent share of the slots only urgent tasks may use
   * @param threads starts slots
   */
  public Workload(int slots, int prefetch, int percent, Executor threads, Listener listener) {
    this.percent = percent;
    this.capacity = slots + prefetch;
    this.threads = threads;
    this.listener = listener;
    this.waiting = new LaneQueues<>(capacity);
    this.places = new Place[slots];
    Arrays.setAll(places, index -> new Place());
    this.sleeping = new int[slots];
  }

  // ---- The stream's side ------------------------------------------------------------------------

  /** Takes in leased attempts. An attempt that finds no place is handed back, never dropped. */
  public void offer(List<Attempt> attempts) {
    var turn = new Turn();
    synchronized (this) {
      for (var attempt : attempts) {
        if (draining) {
          release(attempt, "the worker takes no new work");
        } else if (waiting.size() + active >= capacity
            || !waiting.offer(attempt, attempt.urgent())) {
          release(attempt, "more leases than the capacity of " + capacity);
        }
      }
      turn.close();
    }
    turn.tell();
  }

  /** Removes and answers the ended attempts, in the order of their ends. */
  public synchronized List<Attempt> takeEnded() {
    endedTold = false;
    if (ended.isEmpty()) {
      return List.of();
    }
    var taken = ended;
    ended = new ArrayList<>(Math.min(taken.size(), 1024));
    return taken;
  }

  /**
   * The leases still held, for a new session to take over, with what ended put into {@code
   * endedSink} in the same moment, so that nothing is missed or seen twice between the two. What
   * the server revoked before is not held; its end gives no credit in a new session.
   */
  public synchronized List<LeaseRef> held(List<Attempt> endedSink) {
    endedSink.addAll(takeEnded());
    var held = new ArrayList<LeaseRef>(waiting.size() + active);
    waiting.forEach(attempt -> held.add(attempt.lease()));
    for (var place : places) {
      var attempt = place.attempt;
      if (attempt == null) {
        continue;
      }
      if (attempt.revoked) {
        attempt.counted = false;
      } else {
        held.add(attempt.lease());
      }
    }
    return held;
  }

  /** The server took these back: waiting ones vanish, running ones are told to stop. */
  public void revoke(Map<Lease, CancelCause> leases) {
    takeBack(leases, true);
  }

  /**
   * A new session does not have these: as {@link #revoke}, and their end gives no credit, since the
   * session never counted them.
   */
  public void lose(Set<Lease> leases) {
    takeBack(leases.stream().collect(toMap(l -> l, l -> CancelCause.LEASE_LOST)), false);
  }

  private void takeBack(Map<Lease, CancelCause> leases, boolean counted) {
    var turn = new Turn();
    synchronized (this) {
      waiting.removeIf(
          attempt -> leases.containsKey(Lease.of(attempt)),
          attempt -> {
            attempt.revoked = true;
            attempt.counted = counted;
            revoked++;
            ended.add(attempt);
          });
      for (var place : places) {
        var attempt = place.attempt;
        var cause = attempt == null ? null : leases.get(Lease.of(attempt));
        if (attempt != null && cause != null) {
          attempt.revoked = true;
          attempt.counted = attempt.counted && counted;
          attempt.cancel(cause);
        }
      }
      for (var attempt : ended) {
        if (attempt.settlement != null && leases.containsKey(Lease.of(attempt))) {
          attempt.settlement = null;
          attempt.counted = counted;
        }
      }
      turn.close();
    }
    turn.tell();
  }

  /** The server took no notice of a settlement: the lease was this worker's no more. */
  public synchronized void refused() {
    refused++;
  }

  /** While true, nothing that waits is started. */
  public void pause(boolean pause) {
    var turn = new Turn();
    synchronized (this) {
      paused = pause;
      turn.close();
    }
    turn.tell();
  }

  // ---- The pool's side --------------------------------------------------------------------------

  /** Takes no new work and hands back waiting attempts; running ones go on. */
  public void drain() {
    var turn = new Turn();
    synchronized (this) {
      draining = true;
      waiting.removeIf(attempt -> true, attempt -> release(attempt, "the worker drains"));
      turn.close();
    }
    turn.tell();
  }

  /** Takes work again. */
  public synchronized void resume() {
    draining = false;
  }

  /** Cancels the running attempts, to be handed back. */
  public synchronized void handBackRunning() {
    for (var place : places) {
      if (place.attempt != null) {
        place.attempt.cancel(CancelCause.HANDED_BACK);
      }
    }
  }

  /** Starts nothing any more; for the very end. */
  public synchronized void close() {
    closed = true;
    draining = true;
  }

  /** A slot is there to work. */
  void up(SlotRunner runner) {
    var turn = new Turn();
    synchronized (this) {
      var place = places[runner.slot()];
      place.runner = runner;
      place.state = SlotState.IDLE;
      sleeping[sleepers++] = runner.slot();
      count(+1);
      turn.close();
    }
    turn.tell();
  }

  /** A slot has no life until {@link #up}. */
  public synchronized void down(int slot, SlotState state, int restarts, String error) {
    var place = places[slot];
    if (place.attempt != null) {
      place.attempt.cancel(CancelCause.HANDED_BACK);
      place.attempt.leave();
      finish(place, Outcomes.released(place.attempt, "the slot was stopped"));
    }
    if (place.runner != null) {
      takeDown(place, slot);
    }
    place.state = state;
    place.restarts = restarts;
    place.lastError = error;
  }

  /**
   * Cancels overdue attempts, wakes a slot that could not be woken before, and answers the slots
   * whose handlers did not stop within the grace after they were told.
   */
  public List<Integer> watch(long nowNanos, Duration grace) {
    var stuck = new ArrayList<Integer>();
    var turn = new Turn();
    synchronized (this) {
      for (int slot = 0; slot < places.length; slot++) {
        var attempt = places[slot].attempt;
        if (attempt == null) {
          continue;
        }
        if (attempt.isOverdue(nowNanos)) {
          attempt.cancel(CancelCause.TIMED_OUT);
        }
        if (attempt.isBeyond(grace, nowNanos)) {
          stuck.add(slot);
        }
      }
      turn.close();
    }
    turn.tell();
    return stuck;
  }

  /**
   * Leaves the handler in a slot to itself and settles its attempt without it; null when it has
   * returned meanwhile.
   */
  public @Nullable Attempt abandon(int slot) {
    var turn = new Turn();
    Attempt left;
    synchronized (this) {
      var place = places[slot];
      left = place.attempt;
      var cause = left == null ? null : left.cause();
      if (left == null || cause == null) {
        return null;
      }
      left.leave();
      finish(place, Outcomes.stopped(left, cause));
      takeDown(place, slot);
      abandoned++;
      turn.close();
    }
    turn.tell();
    return left;
  }

  /** The figures of this moment. */
  public synchronized Figures figures() {
    var slots = new ArrayList<Figures.SlotFigures>(places.length);
    for (int slot = 0; slot < places.length; slot++) {
      var place = places[slot];
      slots.add(new Figures.SlotFigures(slot, place.state, place.restarts, place.lastError));
    }
    return new Figures(
        active,
        activeUrgent,
        waiting.normalSize(),
        waiting.urgentSize(),
        completed,
        failed,
        released,
        revoked,
        abandoned,
        refused,
        slots);
  }

  /** The few figures of a heartbeat, without those of each slot. */
  public synchronized Load load() {
    return new Load(active, activeUrgent, waiting.normalSize(), waiting.urgentSize(), up);
  }

  // ---- The slots' side --------------------------------------------------------------------------

  /**
   * Ends an attempt and takes the next one; null sends the slot to sleep.
   *
   * @param done how the attempt that the slot just ran ended; null when it was woken
   */
  @Nullable Attempt next(SlotRunner runner, @Nullable Settlement done) {
    var turn = new Turn();
    Attempt next;
    synchronized (this) {
      var place = places[runner.slot()];
      if (place.runner != runner) {
        // The slot has another life; the attempt of this one was settled without it.
        return null;
      }
      if (done == null) {
        waking = false;
      } else {
        finish(place, done);
      }
      next = paused || closed ? null : waiting.take(active, up, reserve);
      if (next == null) {
        place.state = SlotState.IDLE;
        sleeping[sleepers++] = runner.slot();
      } else {
        place.state = SlotState.BUSY;
        place.attempt = next;
        active++;
        activeUrgent += next.urgent() ? 1 : 0;
      }
      turn.close();
    }
    turn.tell();
    return next;
  }

  /** Ends an attempt together with its slot's life. */
  void crashed(SlotRunner runner, Settlement done) {
    var turn = new Turn();
    synchronized (this) {
      var place = places[runner.slot()];
      if (place.runner != runner) {
        return;
      }
      finish(place, done);
      takeDown(place, runner.slot());
      turn.close();
    }
    turn.tell();
  }

  // ---- Under the lock ---------------------------------------------------------------------------

  private void finish(Place place, Settlement settlement) {
    var attempt = place.attempt;
    if (attempt == null) {
      return;
    }
    place.attempt = null;
    active--;
    activeUrgent -= attempt.urgent() ? 1 : 0;
    if (attempt.revoked) {
      revoked++;
    } else {
      attempt.settlement = settlement;
      count(settlement);
    }
    ended.add(attempt);
  }

  private void count(Settlement settlement) {
    switch (settlement.getOutcomeCase()) {
      case COMPLETED -> completed++;
      case FAILED -> failed++;
      case RELEASED, OUTCOME_NOT_SET -> released++;
    }
  }

  private void release(Attempt attempt, String reason) {
    attempt.settlement = Outcomes.released(attempt, reason);
    released++;
    ended.add(attempt);
  }

  private void takeDown(Place place, int slot) {
    if (place.state == SlotState.IDLE) {
      for (int i = 0; i < sleepers; i++) {
        if (sleeping[i] == slot) {
          sleeping[i] = sleeping[--sleepers];
          break;
        }
      }
    } else if (place.state == SlotState.WAKING) {
      waking = false;
    }
    place.runner = null;
    place.state = SlotState.DOWN;
    count(-1);
  }

  private void count(int more) {
    up += more;
    reserve = Reserve.of(up, percent);
  }

  private void startFailed(SlotRunner runner, Throwable failure) {
    LOG.warn("slot {} could not be started; another try follows soon", runner.slot(), failure);
    synchronized (this) {
      waking = false;
      var place = places[runner.slot()];
      if (place.runner == runner) {
        place.state = SlotState.IDLE;
        sleeping[sleepers++] = runner.slot();
      }
    }
  }

  /** What is to be told once the lock is free. */
  private final class Turn {
    private @Nullable SlotRunner wake;
    private boolean tellEnded;
    private boolean tellEmptied;

    /** Under the lock: finds the slot to wake and the listeners to tell. */
    void close() {
      if (!waking
          && !paused
          && !closed
          && sleepers > 0
          && waiting.hasStartable(active, up, reserve)) {
        var place = places[sleeping[--sleepers]];
        place.state = SlotState.WAKING;
        waking = true;
        wake = place.runner;
      }
      if (!endedTold && !ended.isEmpty()) {
        endedTold = true;
        tellEnded = true;
      }
      tellEmptied = draining && active == 0 && waiting.size() == 0;
    }

    /** Outside the lock. */
    void tell() {
      if (tellEnded) {
        listener.ended();
      }
      if (wake != null) {
        try {
          threads.execute(wake);
        } catch (RejectedExecutionException | OutOfMemoryError failure) {
          startFailed(wake, failure);
        }
      }
      if (tellEmptied) {
        listener.emptied();
      }
    }
  }
}
