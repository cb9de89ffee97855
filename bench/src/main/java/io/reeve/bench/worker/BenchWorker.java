package io.reeve.bench.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * The worker process's side of its conversation with the benchmark: one line in, one line out.
 *
 * <pre>
 *   connect      → connected
 *   disconnect   → disconnected
 *   await N      → handled N     once N tasks in all were handled
 *   waits        → waits BASE64  the histogram of waits since it was last asked for
 *   quit         → ends
 * </pre>
 */
public final class BenchWorker {

  private static final long LOOK_NANOS = 500_000;

  private final Link link;
  private final NoOp handler;

  BenchWorker(Link link, NoOp handler) {
    this.link = link;
    this.handler = handler;
  }

  /** Obeys until the input ends or says so. */
  public void obey(BufferedReader orders, PrintStream answers) throws IOException {
    for (var line = orders.readLine(); line != null; line = orders.readLine()) {
      var words = line.trim().split(" ", -1);
      switch (words[0]) {
        case "connect" -> {
          link.connect();
          answers.println("connected");
        }
        case "disconnect" -> {
          link.disconnect();
          answers.println("disconnected");
        }
        case "await" -> {
          awaitHandled(Long.parseLong(words[1]));
          answers.println("handled " + handler.handled());
        }
        case "waits" -> answers.println("waits " + encode(handler.takeWaits()));
        case "quit" -> {
          return;
        }
        default ->
            throw new IllegalArgumentException(
                "expected connect, disconnect, await, waits or quit, got '" + line + "'");
      }
      answers.flush();
    }
  }

  /** Looks twice a millisecond, which is far below what a phase of the benchmark lasts. */
  private void awaitHandled(long target) {
    while (handler.handled() < target) {
      java.util.concurrent.locks.LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  static String encode(Histogram histogram) {
    var buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    var length = histogram.encodeIntoCompressedByteBuffer(buffer);
    return Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(buffer.array(), length));
  }

  /** Reads what {@code waits} answered. */
  public static Histogram decode(String base64) {
    try {
      return Histogram.decodeFromCompressedByteBuffer(
          ByteBuffer.wrap(Base64.getDecoder().decode(base64)), 0);
    } catch (DataFormatException broken) {
      throw new IllegalArgumentException("expected a histogram, got something else", broken);
    }
  }
}
