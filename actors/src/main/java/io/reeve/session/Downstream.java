package io.reeve.session;

import io.reeve.domain.session.DeliveryWatch;
import io.reeve.domain.session.Misuse;
import io.reeve.partition.Assignment;
import io.reeve.session.WorkerStream.SessionRefusal;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The session's side of the worker's stream: what is said on it until it ends, and which
 * assignments the worker has acknowledged.
 */
final class Downstream {

  /** The worker acknowledges no assignments. */
  static final String DEAF = "DEAF";

  /** The worker does not read its stream. */
  static final String SLOW_READER = "SLOW_READER";

  private final WorkerStream stream;
  private final long receivedWithinNanos;
  private final DeliveryWatch deliveries = new DeliveryWatch();
  private boolean open = true;

  Downstream(WorkerStream stream, Duration receivedWithin) {
    this.stream = stream;
    this.receivedWithinNanos = receivedWithin.toNanos();
  }

  boolean isOpen() {
    return open;
  }

  /** One more message of the worker was dealt with. */
  void handled() {
    stream.handled();
  }

  /** Whether the edge does not read on now, so that the worker's silence means nothing. */
  boolean holdsBack() {
    return stream.holdsBack();
  }

  /** Whether the payloads of these may wait for the worker to read them. */
  boolean hasRoomFor(List<Assignment> assignments) {
    var bytes = 0L;
    for (var assignment : assignments) {
      bytes += assignment.spec().length;
    }
    return stream.hasRoomFor(bytes);
  }

  /**
   * Tells the worker.
   *
   * @return false when the stream has ended, or the worker does not read
   */
  boolean say(Session.ToWorker message) {
    return open && stream.offer(message);
  }

  /** Tells the worker of leases, as {@link #say}. */
  boolean deliver(int partition, List<Assignment> assignments, long nowNanos) {
    var number =
        deliveries.next(
            partition,
            assignments.stream().mapToLong(Assignment::sequence).toArray(),
            assignments.stream().mapToLong(Assignment::fence).toArray(),
            nowNanos);
    return say(new Session.Assignments(number, partition, assignments));
  }

  /** The worker acknowledges all assignments up to this number; returns what is wrong with that. */
  @Nullable Misuse received(long number) {
    return deliveries.received(number);
  }

  /** How long the worker may still take to acknowledge; MAX_VALUE when it has nothing to. */
  long leftNanos(long nowNanos) {
    return deliveries.leftNanos(nowNanos, receivedWithinNanos);
  }

  /**
   * Visits the leases that never reached the worker, now that the stream ended for this reason. A
   * worker acknowledges within a quarter of its time, so a message that is unacknowledged for
   * longer was lost. A younger message may have arrived, and its task may have ended the worker. A
   * worker that does not read, or acknowledges nothing in time, got none of the messages that it
   * did not acknowledge.
   */
  void forEachUndelivered(String reason, long nowNanos, DeliveryWatch.Visitor visitor) {
    var arrivedWithin =
        DEAF.equals(reason) || SLOW_READER.equals(reason) ? 0 : receivedWithinNanos / 4;
    deliveries.forEachUnacknowledged(nowNanos, arrivedWithin, visitor);
  }

  // ---- The end

  /** The stream ended without the session. */
  void ended() {
    open = false;
  }

  void complete() {
    if (open) {
      open = false;
      stream.complete();
    }
  }

  void refuse(SessionRefusal refusal) {
    if (open) {
      open = false;
      stream.refuse(refusal);
    }
  }
}
