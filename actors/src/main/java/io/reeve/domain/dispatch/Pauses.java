package io.reeve.domain.dispatch;

import java.util.List;

/**
 * Which worker is not proposed to which partition for a while, since the partition did not use its
 * grants though it had tasks. It keeps a refusal from being asked for again at once, for ever.
 */
final class Pauses {

  private final Rules rules;
  private long now;
  private long wakeIn;

  Pauses(Rules rules) {
    this.rules = rules;
  }

  /** Starts a round at {@code nowNanos}. */
  void at(long nowNanos) {
    now = nowNanos;
    wakeIn = Long.MAX_VALUE;
  }

  /** Counts grants that ended unused. */
  void count(List<OpenGrant> unused) {
    for (var grant : unused) {
      var ready = grant.ready;
      var p = grant.stock.partition;
      if (ready == null || ready.availableAt(p) == 0) {
        grant.worker.refusals[p] = 0;
      } else if (grant.worker.refusals[p] < rules.refusalsMax()
          && ++grant.worker.refusals[p] == rules.refusalsMax()) {
        grant.worker.pausedUntil[p] = now + rules.refusalPauseNanos();
      }
    }
  }

  boolean paused(WorkerLedger worker, int partition) {
    if (worker.refusals[partition] < rules.refusalsMax()) {
      return false;
    }
    var left = worker.pausedUntil[partition] - now;
    if (left <= 0) {
      worker.refusals[partition] = 0;
      return false;
    }
    wakeIn = Math.min(wakeIn, left);
    return true;
  }

  /** Whether tasks of {@code ready} lie where the worker may be proposed. */
  boolean reachable(WorkerLedger worker, ReadyClass ready) {
    for (var p = 0; p < worker.standingAt.length; p++) {
      if (ready.availableAt(p) > 0 && !paused(worker, p)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether tasks lie where the worker may be proposed.
   *
   * @param lie tasks by partition
   */
  boolean reachable(WorkerLedger worker, long[] lie) {
    for (var p = 0; p < lie.length; p++) {
      if (lie[p] > 0 && !paused(worker, p)) {
        return true;
      }
    }
    return false;
  }

  /** When the next pause that mattered in this round ends, from now; MAX_VALUE: none did. */
  long wakeInNanos() {
    return wakeIn;
  }
}
