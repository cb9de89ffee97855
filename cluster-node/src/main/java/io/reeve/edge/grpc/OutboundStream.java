package io.reeve.edge.grpc;

import io.reeve.session.Session.ToWorker;
import io.reeve.session.WorkerStream;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.QueueOfferResult;

/** The server's side of a worker's stream: a bounded queue in front of the wire. */
final class OutboundStream implements WorkerStream {

  private final BoundedSourceQueue<ToWorker> queue;

  OutboundStream(BoundedSourceQueue<ToWorker> queue) {
    this.queue = queue;
  }

  @Override
  public boolean offer(ToWorker message) {
    return queue.offer(message) == QueueOfferResult.enqueued();
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
}
