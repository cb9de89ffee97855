package io.reeve.edge.grpc.worker;

import io.reeve.edge.bounds.Call;
import io.reeve.edge.grpc.guard.Inflow;
import io.reeve.session.Session;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of what a worker said, from its arrival until it is done with: a batch of settlements
 * when it is acknowledged, any other message when the session has handled it. While there is no
 * room for more, the stream is not read on, so that neither the session's mailbox nor its
 * unacknowledged batches grow.
 */
final class Inbound implements Inflow {

  private static final long NO_BATCH = -1;

  /** Costs of messages whose bytes still come; used by the stream alone. */
  private final ArrayDeque<Long> arriving = new ArrayDeque<>();

  /** Told to the session, which has not handled them. */
  private final Queue<Told> told = new ConcurrentLinkedQueue<>();

  /** Handled and not acknowledged; used by the session alone. */
  private final ArrayDeque<Told> unsettled = new ArrayDeque<>();

  private volatile @Nullable Call call;
  private volatile boolean heldBack;

  private record Told(long batch, long bytes) {}

  @Override
  public void arriving(Call of, long bytes) {
    call = of;
    arriving.add(bytes);
  }

  @Override
  public void heldBack(boolean now) {
    heldBack = now;
  }

  boolean isHeldBack() {
    return heldBack;
  }

  /** The next message goes to the session, or {@code null}: to nobody. */
  void telling(Session.@Nullable FromWorker message) {
    var bytes = arriving.poll();
    if (bytes == null) {
      return;
    }
    if (message == null) {
      give(bytes);
    } else {
      told.add(
          new Told(message instanceof Session.Settled settled ? settled.batch() : NO_BATCH, bytes));
    }
  }

  /** The session has handled one more message. */
  void handled() {
    var handled = told.poll();
    if (handled == null) {
      return; // of ours, not the worker's
    }
    if (handled.batch() == NO_BATCH) {
      give(handled.bytes());
    } else {
      unsettled.add(handled);
    }
  }

  /** All batches up to this one are acknowledged. */
  void settledUpTo(long batch) {
    for (var first = unsettled.peek();
        first != null && first.batch() <= batch;
        first = unsettled.peek()) {
      unsettled.remove();
      give(first.bytes());
    }
  }

  private void give(long bytes) {
    var from = call;
    if (from != null) {
      from.give(bytes);
    }
  }
}
