package io.reeve.domain.session;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The Assignments messages that went to the worker and that the worker has not acknowledged. A
 * worker that leaves one of them unacknowledged for too long is deaf, however many others it
 * acknowledges meanwhile.
 */
public final class DeliveryWatch {

  /** Gets each lease of a message that was not acknowledged. */
  @FunctionalInterface
  public interface Visitor {
    void lease(int partition, long sequence, long fence);
  }

  /** Leases of one message, entry i of both arrays being one lease. */
  private record Sent(long number, long atNanos, int partition, long[] sequences, long[] fences) {}

  private final ArrayDeque<Sent> unacknowledged = new ArrayDeque<>();
  private long sent;
  private long received;

  /**
   * Takes in a message that goes out at {@code nowNanos}.
   *
   * @param sequences of the tasks in it; {@code fences} alike
   * @return the number of the message
   */
  public long next(int partition, long[] sequences, long[] fences, long nowNanos) {
    unacknowledged.add(new Sent(++sent, nowNanos, partition, sequences, fences));
    return sent;
  }

  /**
   * The worker acknowledges all messages up to {@code number}; a repeat changes nothing.
   *
   * @return how that breaks the protocol, or null
   */
  public @Nullable Misuse received(long number) {
    if (number > sent) {
      return Misuse.of(Misuse.Code.RECEIVED_TOO_MUCH, "a sequence of " + sent + " or less", number);
    }
    if (number < received) {
      return Misuse.of(Misuse.Code.TOTAL_FELL, "a sequence of " + received + " or more", number);
    }
    received = number;
    while (!unacknowledged.isEmpty() && unacknowledged.getFirst().number <= number) {
      unacknowledged.removeFirst();
    }
    return null;
  }

  /**
   * How long the worker may still take for the oldest message; MAX_VALUE when it has acknowledged
   * all of them.
   */
  public long leftNanos(long nowNanos, long withinNanos) {
    return unacknowledged.isEmpty()
        ? Long.MAX_VALUE
        : withinNanos - (nowNanos - unacknowledged.getFirst().atNanos);
  }

  /**
   * Visits the leases of the messages that have been unacknowledged for {@code forNanos} or longer,
   * in the order they were sent.
   */
  public void forEachUnacknowledged(long nowNanos, long forNanos, Visitor visitor) {
    for (var message : unacknowledged) {
      if (nowNanos - message.atNanos < forNanos) {
        return;
      }
      for (var i = 0; i < message.sequences.length; i++) {
        visitor.lease(message.partition, message.sequences[i], message.fences[i]);
      }
    }
  }
}
