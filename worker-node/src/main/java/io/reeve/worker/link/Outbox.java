package io.reeve.worker.link;

import io.reeve.v1.LeaseRef;
import io.reeve.v1.Settlement;
import io.reeve.v1.Settlements;
import io.reeve.worker.slot.Lease;
import io.reeve.worker.slot.Outcomes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settlements from the end of their attempts to their acknowledgement, in the order of the endings.
 *
 * <p>Batches count from 1 in each session. What a session leaves unacknowledged goes first in the
 * next one. Bounded by its owner: credit for an attempt is given back only when its settlement
 * leaves, so there are never more settlements here than the capacity, plus the batches on their
 * way.
 */
final class Outbox {

  /** What a settlement adds to its message beside its own bytes: the tag and the length. */
  private static final int FRAME_BYTES = 6;

  private record Batch(long number, List<Settlement> settlements) {}

  private final ArrayDeque<Settlement> waiting = new ArrayDeque<>();
  private final ArrayDeque<Batch> sent = new ArrayDeque<>();
  private long lastNumber;

  /** How many of those sent, from the first on, no others wait for any more. */
  private int slow;

  void add(Settlement settlement) {
    waiting.addLast(settlement);
  }

  /**
   * Forms the next batch and counts it as sent; null when nothing waits.
   *
   * @param countMax at least 1
   * @param bytesMax of all settlements together; one that is larger alone would end the stream each
   *     time, so its attempt is reported as failed instead
   */
  @Nullable Settlements nextBatch(int countMax, int bytesMax) {
    if (waiting.isEmpty()) {
      return null;
    }
    var message = Settlements.newBuilder().setBatch(lastNumber + 1);
    var settlements = new ArrayList<Settlement>(Math.min(countMax, waiting.size()));
    long bytes = 0;
    for (var next = waiting.peekFirst();
        next != null && settlements.size() < countMax;
        next = waiting.peekFirst()) {
      var fitting =
          next.getSerializedSize() + FRAME_BYTES <= bytesMax
              ? next
              : Outcomes.tooLarge(next, bytesMax);
      bytes += fitting.getSerializedSize() + FRAME_BYTES;
      if (bytes > bytesMax && !settlements.isEmpty()) {
        break;
      }
      settlements.add(fitting);
      waiting.removeFirst();
    }
    lastNumber++;
    sent.addLast(new Batch(lastNumber, settlements));
    return message.addAllSettlements(settlements).build();
  }

  /** Batches sent in this session and not acknowledged, but for those that are slow. */
  int batchesOnTheirWay() {
    return sent.size() - slow;
  }

  /**
   * Counts the unacknowledged batches up to this one as slow: the server waits for one of many
   * partitions, and settlements for the others must not wait with it.
   *
   * @param slowMax as many at most; beyond, others wait all the same
   */
  void overlook(long number, int slowMax) {
    var overdue = sent.stream().filter(batch -> batch.number() <= number).count();
    slow = Math.max(slow, (int) Math.min(overdue, slowMax));
  }

  /**
   * Whether a slow batch is awaited; as acknowledgements come in order, all others wait behind it.
   */
  boolean isHeldUp() {
    return slow > 0;
  }

  /** The last batch that was sent; 0 before the first of a session. */
  long lastNumber() {
    return lastNumber;
  }

  /** Forgets every batch up to this number. Older and repeated acknowledgements change nothing. */
  void acknowledge(long number) {
    for (var batch = sent.peekFirst();
        batch != null && batch.number() <= number;
        batch = sent.peekFirst()) {
      sent.removeFirst();
      slow = Math.max(0, slow - 1);
    }
  }

  /** A session ended. Its unacknowledged settlements wait again, before all others. */
  void startOver() {
    for (var batch = sent.pollLast(); batch != null; batch = sent.pollLast()) {
      var settlements = batch.settlements();
      for (int i = settlements.size() - 1; i >= 0; i--) {
        waiting.addFirst(settlements.get(i));
      }
    }
    lastNumber = 0;
    slow = 0;
  }

  /** Drops waiting settlements of these leases and answers how many there were. */
  int drop(Set<Lease> leases) {
    int dropped = 0;
    for (Iterator<Settlement> all = waiting.iterator(); all.hasNext(); ) {
      var settlement = all.next();
      if (leases.contains(new Lease(settlement.getTaskId(), settlement.getFence()))) {
        all.remove();
        dropped++;
      }
    }
    return dropped;
  }

  /** The leases of all that waits; after {@link #startOver}, of everything there is. */
  List<LeaseRef> leases() {
    return waiting.stream()
        .map(
            settlement ->
                LeaseRef.newBuilder()
                    .setTaskId(settlement.getTaskId())
                    .setFence(settlement.getFence())
                    .build())
        .toList();
  }

  boolean isEmpty() {
    return waiting.isEmpty() && sent.isEmpty();
  }
}
