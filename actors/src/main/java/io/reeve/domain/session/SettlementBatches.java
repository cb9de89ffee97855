package io.reeve.domain.session;

import io.reeve.domain.task.Settlement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The worker's settlement batches that are not durable everywhere. One batch is split over
 * partitions, which acknowledge in any order; the worker is told the highest batch up to which all
 * are through, so that its reading of an acknowledgement as cumulative is right.
 */
public final class SettlementBatches {

  /** The part of a batch that one partition has to acknowledge. */
  public record Part(int partition, List<Settlement> settlements) {}

  private static final class Batch {
    final long number;
    final List<Part> pending;

    Batch(long number, List<Part> parts) {
      this.number = number;
      this.pending = new ArrayList<>(parts);
    }
  }

  private final int openMax;
  private final ArrayDeque<Batch> open = new ArrayDeque<>();
  private long last;
  private long through;

  /**
   * @param openMax batches on their way, at most
   */
  public SettlementBatches(int openMax) {
    this.openMax = openMax;
  }

  /** What is wrong with a batch of this number now, or null. */
  public @Nullable Misuse check(long number) {
    if (number != last + 1) {
      return Misuse.of(Misuse.Code.BATCH_OUT_OF_ORDER, "batch " + (last + 1), number);
    }
    if (open.size() >= openMax) {
      return Misuse.of(
          Misuse.Code.TOO_MANY_BATCHES, "at most " + openMax + " open batches", open.size() + 1);
    }
    return null;
  }

  /** Takes in the next batch, which {@link #check} allowed. */
  public void open(long number, List<Part> parts) {
    last = number;
    open.add(new Batch(number, parts));
    advance();
  }

  /**
   * The partition acknowledged its part.
   *
   * @return that part, or null when it was acknowledged before
   */
  public @Nullable Part acknowledged(int partition, long number) {
    for (var batch : open) {
      if (batch.number == number) {
        for (var i = 0; i < batch.pending.size(); i++) {
          if (batch.pending.get(i).partition() == partition) {
            var part = batch.pending.remove(i);
            advance();
            return part;
          }
        }
        return null;
      }
      if (batch.number > number) {
        return null;
      }
    }
    return null;
  }

  private void advance() {
    while (!open.isEmpty() && open.getFirst().pending.isEmpty()) {
      through = open.removeFirst().number;
    }
  }

  /** Every batch up to this one is through; 0: none. */
  public long through() {
    return through;
  }

  public boolean isEmpty() {
    return open.isEmpty();
  }

  /** Gets parts that are not acknowledged. */
  @FunctionalInterface
  public interface PartVisitor {
    void part(long batch, Part part);
  }

  /** Visits what the partition has not acknowledged, in order. */
  public void forEachPending(int partition, PartVisitor visitor) {
    for (var batch : open) {
      for (var part : batch.pending) {
        if (part.partition() == partition) {
          visitor.part(batch.number, part);
        }
      }
    }
  }
}
