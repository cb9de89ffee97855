package io.reeve.edge.grpc.worker;

import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.calls.Reason;
import io.reeve.session.Session;
import io.reeve.session.Session.ToWorker;
import io.reeve.session.WorkerStream;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.QueueOfferResult;

/**
 * The server's side of a worker's stream: a queue in front of the wire, bounded in messages and in
 * bytes.
 */
final class OutboundStream implements WorkerStream {

  private final BoundedSourceQueue<ToWorker> queue;
  private final Inbound inbound;
  private final long bytesMax;
  private final AtomicLong bytes = new AtomicLong();

  /**
   * @param inbound what the worker says, which is read on as the session handles it
   * @param bytesMax of payloads that wait for the worker to read
   */
  OutboundStream(BoundedSourceQueue<ToWorker> queue, Inbound inbound, long bytesMax) {
    this.queue = queue;
    this.inbound = inbound;
    this.bytesMax = bytesMax;
  }

  @Override
  public boolean offer(ToWorker message) {
    var size = size(message);
    bytes.addAndGet(size);
    if (queue.offer(message) != QueueOfferResult.enqueued()) {
      bytes.addAndGet(-size);
      return false;
    }
    if (message instanceof Session.SettlementAck ack) {
      inbound.settledUpTo(ack.batch());
    }
    return true;
  }

  @Override
  public boolean hasRoomFor(long size) {
    var waiting = bytes.get();
    return waiting == 0 || waiting + size <= bytesMax;
  }

  /** The wire took a message. */
  ToWorker taken(ToWorker message) {
    bytes.addAndGet(-size(message));
    return message;
  }

  @Override
  public void handled() {
    inbound.handled();
  }

  @Override
  public boolean holdsBack() {
    return inbound.isHeldBack();
  }

  @Override
  public void complete() {
    if (!queue.isCompleted()) {
      queue.complete();
    }
  }

  @Override
  public void refuse(SessionRefusal refusal) {
    refuse(
        EdgeRefusal.named(
            refusal.reason(),
            refusal.retry() ? Reason.SESSION_FAILED : Reason.WRONG_STATE,
            refusal.message()));
  }

  /** Ends the stream with a status. */
  void refuse(EdgeRefusal refusal) {
    if (!queue.isCompleted()) {
      queue.fail(refusal);
    }
  }

  /** Payloads are what may be large. */
  private static long size(ToWorker message) {
    if (!(message instanceof Session.Assignments assignments)) {
      return 0;
    }
    var size = 0L;
    for (var assignment : assignments.assignments()) {
      size += assignment.spec().length;
    }
    return size;
  }
}
