package io.reeve.domain.dispatch;

import io.reeve.domain.rules.LanePreference;

/**
 * Which lane of a queue goes at the queue's turn beside other queues, while tasks wait in both: for
 * each urgent task that starts, the normal lane is owed as many tasks as the rules of the queue
 * say.
 */
final class LaneTurns {

  final String queue;
  final LanePreference preference;

  /** Normal tasks for each urgent one. */
  private final double perUrgent;

  /** No debt is larger, and no more is paid in advance. */
  private final double owedMax;

  /** Normal tasks that are owed; negative: tasks paid in advance. */
  private double owed;

  /** Workers that keep room for its normal tasks. */
  private int roomKept;

  /**
   * @param preference not STRICT
   * @param grantMax most tasks in one grant
   */
  LaneTurns(String queue, LanePreference preference, int grantMax) {
    this.queue = queue;
    this.preference = preference;
    this.perUrgent =
        preference.mode() == LanePreference.Mode.ALTERNATE
            ? 1
            : (double) preference.normal() / preference.urgent();
    this.owedMax = grantMax * Math.max(1, perUrgent);
  }

  /** What the urgent lane has of the queue. */
  double urgentPart() {
    return 1 / (1 + perUrgent);
  }

  /** Urgent tasks for each normal one, rounded up. */
  long urgentPerNormal() {
    return (long) Math.ceil(1 / perUrgent);
  }

  /** So many tasks started, while tasks waited in the other lane. */
  void urgentStarted(int count) {
    owed = Math.min(owedMax, owed + count * perUrgent);
  }

  void normalStarted(int count) {
    owed = Math.max(-owedMax, owed - count);
  }

  /** Whole tasks that the normal lane is owed. */
  long owed() {
    return (long) Math.floor(Math.max(0, owed));
  }

  /** One of the lanes has nothing to wait for. */
  void forget() {
    owed = 0;
  }

  void roomIsKept() {
    roomKept++;
  }

  /** The workers that kept room up to now; none does from now on. */
  int takeRoomKept() {
    var kept = roomKept;
    roomKept = 0;
    return kept;
  }
}
