package io.reeve.simulation;

import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.TaskId;
import io.reeve.session.Session;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The attempts of a simulated worker: those that wait, run, and have ended unreported. */
final class Slots {

  private final WorkerOffer offer;
  private final ArrayDeque<Attempt> waiting = new ArrayDeque<>();
  private final List<Attempt> running = new ArrayList<>();
  private List<Attempt> ended = new ArrayList<>();

  Slots(WorkerOffer offer) {
    this.offer = offer;
  }

  void clear() {
    waiting.clear();
    running.clear();
    ended.clear();
  }

  boolean isIdle() {
    return waiting.isEmpty() && running.isEmpty() && ended.isEmpty();
  }

  /** Takes an attempt in, or hands it back when there is no place for it. */
  void add(Attempt attempt, boolean leaving) {
    if (leaving || waiting.size() + running.size() >= offer.capacity()) {
      release(attempt, "no place for it");
    } else {
      waiting.add(attempt);
    }
  }

  /** Hands back what waits. */
  void drain() {
    waiting.forEach(attempt -> release(attempt, "the worker drains"));
    waiting.clear();
  }

  private void release(Attempt attempt, String reason) {
    var a = attempt.assignment;
    attempt.settlement = Settlement.released(a.sequence(), a.fence(), reason);
    ended.add(attempt);
  }

  /** Starts what may start now, and gives it. */
  List<Attempt> start() {
    var reserve = offer.reserve(offer.slots());
    var started = new ArrayList<Attempt>();
    for (var attempt : List.copyOf(waiting)) {
      var free = offer.slots() - running.size();
      if (attempt.urgent() ? free > 0 : free > reserve) {
        waiting.remove(attempt);
        running.add(attempt);
        started.add(attempt);
      }
    }
    return started;
  }

  boolean isRunning(Attempt attempt) {
    return running.contains(attempt);
  }

  /** The fences by task of what waits and runs and came in this session. */
  Map<TaskId, Long> deliveredIn(String session) {
    var fences = new LinkedHashMap<TaskId, Long>();
    for (var attempts : List.of(waiting, running)) {
      for (var attempt : attempts) {
        if (attempt.session.equals(session)) {
          fences.merge(attempt.lease().task(), attempt.lease().fence(), Math::max);
        }
      }
    }
    return fences;
  }

  /** Ends a running attempt; false when it runs no more. */
  boolean finish(Attempt attempt, @Nullable Settlement settlement) {
    if (!running.remove(attempt)) {
      return false;
    }
    if (!attempt.revoked) {
      attempt.settlement = settlement;
    }
    ended.add(attempt);
    return true;
  }

  List<Attempt> takeEnded() {
    var taken = ended;
    ended = new ArrayList<>();
    return taken;
  }

  /** The leases of what waits and runs. What was revoked is not held, and gives no credit later. */
  List<Session.Lease> held() {
    var held = new ArrayList<Session.Lease>();
    waiting.forEach(attempt -> held.add(attempt.lease()));
    for (var attempt : running) {
      if (attempt.revoked) {
        attempt.counted = false;
      } else {
        held.add(attempt.lease());
      }
    }
    return held;
  }

  /**
   * Takes leases back.
   *
   * @param counted whether their ends give credit in this session
   * @return running attempts that have to be stopped
   */
  List<Attempt> revoke(Collection<Session.Lease> leases, boolean counted) {
    for (var attempt : List.copyOf(waiting)) {
      if (leases.contains(attempt.lease())) {
        waiting.remove(attempt);
        attempt.revoked = true;
        attempt.counted = counted;
        ended.add(attempt);
      }
    }
    for (var attempt : ended) {
      if (attempt.settlement != null && leases.contains(attempt.lease())) {
        attempt.settlement = null;
        attempt.counted = counted;
      }
    }
    var stopped = new ArrayList<Attempt>();
    for (var attempt : running) {
      if (leases.contains(attempt.lease())) {
        attempt.revoked = true;
        attempt.counted = attempt.counted && counted;
        stopped.add(attempt);
      }
    }
    return stopped;
  }

  @Override
  public String toString() {
    return "waiting %d, running %d, ended %d"
        .formatted(waiting.size(), running.size(), ended.size());
  }
}
