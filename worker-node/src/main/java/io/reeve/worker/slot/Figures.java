package io.reeve.worker.slot;

import java.util.List;

/**
 * The figures of one pool at one moment. Totals count since its start.
 *
 * @param active attempts running
 * @param activeUrgent of these the urgent ones
 * @param queuedNormal waiting in the normal lane
 * @param queuedUrgent waiting in the urgent lane
 * @param completed attempts that succeeded
 * @param failed attempts that failed
 * @param released leases handed back
 * @param revoked attempts that the server took back
 * @param abandoned handlers left to themselves because they did not stop
 * @param refused settlements that the server refused, mostly of leases lost in between
 * @param slots by index
 */
public record Figures(
    int active,
    int activeUrgent,
    int queuedNormal,
    int queuedUrgent,
    long completed,
    long failed,
    long released,
    long revoked,
    long abandoned,
    long refused,
    List<SlotFigures> slots) {

  public Figures {
    slots = List.copyOf(slots);
  }

  /**
   * One slot.
   *
   * @param restarts lives after the first
   * @param lastError what ended the latest life; empty when nothing did
   */
  public record SlotFigures(int index, SlotState state, int restarts, String lastError) {}

  /** Restarts of all slots together. */
  public int restarts() {
    return slots.stream().mapToInt(SlotFigures::restarts).sum();
  }
}
