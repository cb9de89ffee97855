package io.reeve.bench.worker;

import com.google.protobuf.ByteString;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * The handler that does nothing but count, and measure the way of tasks that say when they were
 * sent.
 *
 * <p>Such a payload starts with {@link #STAMP} and eight bytes of the sender's {@code
 * System.nanoTime}, which all processes of one Linux machine share.
 */
public final class NoOp {

  /** Starts a payload that carries its time of sending. */
  public static final byte STAMP = 'T';

  /** Starts a payload that does not. */
  public static final byte PLAIN = 'P';

  private static final int STAMP_BYTES = 9;
  private static final long NANOS_MAX = 60_000_000_000L;
  private static final int DIGITS = 3;

  private final LongSupplier nanoTime;
  private final AtomicLong handled = new AtomicLong();
  private final Histogram waits = new ConcurrentHistogram(NANOS_MAX, DIGITS);

  public NoOp(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Handles one task. */
  public void handle(ByteString payload) {
    if (payload.size() >= STAMP_BYTES && payload.byteAt(0) == STAMP) {
      var wait =
          nanoTime.getAsLong() - payload.substring(1, STAMP_BYTES).asReadOnlyByteBuffer().getLong();
      waits.recordValue(Math.max(0, Math.min(NANOS_MAX, wait)));
    }
    handled.incrementAndGet();
  }

  long handled() {
    return handled.get();
  }

  /** Waits so far in nanoseconds, from sending to handling; begins anew afterwards. */
  Histogram takeWaits() {
    var taken = waits.copy();
    waits.reset();
    return taken;
  }
}
