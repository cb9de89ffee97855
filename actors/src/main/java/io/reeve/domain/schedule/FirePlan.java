package io.reeve.domain.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * What a schedule does at an instant about the planned instants that are due. Each of them is
 * answered once: it fires, it waits for the former run, or it is skipped.
 *
 * @param fire planned instants that fire now, in order
 * @param cancelFormer whether the task of the run before them is to be cancelled first
 * @param waitingMs the planned instant that waits for the former run to end; 0: none
 * @param skipped planned instants that do not fire
 * @param afterMs all planned instants up to this one are answered
 * @param walked planned instants that were looked at; a measure of the work
 */
public record FirePlan(
    List<Long> fire, boolean cancelFormer, long waitingMs, long skipped, long afterMs, int walked) {

  /**
   * A run that is late by no more than this always fires, whatever the policy for missed runs says:
   * longer than a partition takes to move to another node.
   */
  public static final long GRACE_MS = 60_000;

  /** Planned instants that one plan looks at; more than may fire of those that were missed. */
  public static final int WALK_MAX = 4_096;

  /**
   * Where a schedule stands.
   *
   * @param afterMs all planned instants up to this one are answered
   * @param runs that happened
   * @param lastAtMs when it fired last; 0 before the first
   * @param waitingMs the planned instant that waits; 0: none
   */
  public record Standing(long afterMs, long runs, long lastAtMs, long waitingMs) {}

  /**
   * @param name of the schedule, for its jitter
   * @param formerLives whether the task of the last run is not finished
   * @param fireMax runs that there is room for; what is due beyond them stays due
   */
  public static FirePlan of(
      ScheduleTiming timing,
      String name,
      Standing standing,
      long nowMs,
      boolean formerLives,
      int fireMax) {
    var runsLeft =
        timing.runsMax() == 0
            ? Long.MAX_VALUE
            : timing.runsMax() - standing.runs() - (standing.waitingMs() == 0 ? 0 : 1);
    var due = runsLeft > 0 ? Due.of(timing, name, standing, nowMs) : null;
    var plan = new Draft(standing, formerLives, runsLeft, Math.max(0, fireMax));
    plan.releaseWaiting();
    if (due != null) {
      plan.add(due, timing.overlap());
    }
    return plan.done(due == null ? 0 : due.walked);
  }

  /** Whether nothing is to be done. */
  public boolean isEmpty(Standing standing) {
    return fire.isEmpty()
        && skipped == 0
        && waitingMs == standing.waitingMs()
        && afterMs == standing.afterMs();
  }

  /** The planned instants that are due. */
  private static final class Due {

    /** Those that may fire, in order: the latest that were missed, then the late ones. */
    final List<Long> instants = new ArrayList<>();

    /** Those that were missed and do not fire. */
    long skipped;

    /** The last one; the instant asked from when there is none. */
    long lastMs;

    int walked;

    static Due of(ScheduleTiming timing, String name, Standing standing, long nowMs) {
      var due = new Due();
      due.walk(timing, name, standing, nowMs);
      return due;
    }

    private void walk(ScheduleTiming timing, String name, Standing standing, long nowMs) {
      var afterMs = standing.afterMs();
      var missed = new ArrayDeque<Long>();
      var lastSkipped = afterMs;
      // Runs keep their order: one with little jitter waits for those before it, and is not missed
      // before they had room. A clock that went back holds nothing up.
      var dueAtMs = Math.min(standing.lastAtMs(), nowMs);
      lastMs = afterMs;
      for (var at = timing.next(afterMs); at != ScheduleRule.NEVER; at = timing.next(at)) {
        dueAtMs = Math.max(dueAtMs, timing.dueAtMs(name, at));
        if (dueAtMs > nowMs) {
          break;
        }
        if (walked == WALK_MAX && instants.isEmpty()) {
          // There are more, so which of the missed ones are the latest is not known yet. The next
          // plan goes on behind those that are not among them already.
          lastMs = lastSkipped;
          return;
        }
        if (walked == WALK_MAX) {
          break;
        }
        walked++;
        lastMs = at;
        if (nowMs - dueAtMs <= GRACE_MS) {
          instants.add(at);
        } else {
          missed.add(at);
          if (missed.size() > timing.missed().limit()) {
            lastSkipped = missed.remove();
            skipped++;
          }
        }
      }
      instants.addAll(0, missed);
    }
  }

  /** A plan in the making. */
  private static final class Draft {
    private final Standing standing;
    private final List<Long> fire = new ArrayList<>();
    private final int fireMax;
    private boolean formerLives;
    private boolean cancelFormer;
    private final long runsLeft;
    private long waitingMs;
    private long skipped;
    private long afterMs;

    Draft(Standing standing, boolean formerLives, long runsLeft, int fireMax) {
      this.standing = standing;
      this.formerLives = formerLives;
      this.runsLeft = runsLeft;
      this.fireMax = fireMax;
      this.waitingMs = standing.waitingMs();
      this.afterMs = standing.afterMs();
    }

    void releaseWaiting() {
      if (waitingMs != 0 && !formerLives && fireMax > 0) {
        fire.add(waitingMs);
        waitingMs = 0;
        formerLives = true;
      }
    }

    void add(Due due, Overlap overlap) {
      if (due.lastMs == standing.afterMs()) {
        return;
      }
      if (overlap == Overlap.PARALLEL) {
        addAll(due);
        return;
      }
      if (fireMax == 0 && !due.instants.isEmpty()) {
        return;
      }
      skipped += due.skipped;
      afterMs = due.lastMs;
      if (due.instants.isEmpty()) {
        return;
      }
      // The latest counts, as a run that starts now finds the present and not what was.
      skipped += due.instants.size() - 1L;
      var latestMs = due.instants.get(due.instants.size() - 1);
      if (overlap == Overlap.CANCEL) {
        supersede(latestMs);
      } else {
        addOrSkip(latestMs, overlap);
      }
    }

    private void addAll(Due due) {
      var room = (int) Math.min(fireMax - fire.size(), Math.min(runsLeft, due.instants.size()));
      if (room == 0 && !due.instants.isEmpty()) {
        return;
      }
      skipped += due.skipped;
      fire.addAll(due.instants.subList(0, room));
      afterMs = room < due.instants.size() ? due.instants.get(room - 1) : due.lastMs;
    }

    private void supersede(long at) {
      // Runs that wait, or were about to happen, are superseded like one that runs.
      skipped += fire.size() + (waitingMs == 0 ? 0 : 1);
      waitingMs = 0;
      cancelFormer = formerLives && fire.isEmpty();
      fire.clear();
      fire.add(at);
    }

    private void addOrSkip(long at, Overlap overlap) {
      if (!formerLives) {
        fire.add(at);
      } else if (overlap == Overlap.QUEUE_ONE) {
        skipped += waitingMs == 0 ? 0 : 1;
        waitingMs = at;
      } else {
        skipped++;
      }
    }

    FirePlan done(int walked) {
      return new FirePlan(
          List.copyOf(fire), cancelFormer, waitingMs, skipped, afterMs, Math.max(1, walked));
    }
  }
}
