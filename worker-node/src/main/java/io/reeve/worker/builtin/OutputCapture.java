package io.reeve.worker.builtin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Keeps the beginning of what a process writes to one stream. It only reads bytes that are already
 * there, so no thread ever waits for a stream that some other process keeps open. Bytes beyond the
 * bound are read and dropped, so that the process does not wait for a full pipe.
 */
final class OutputCapture {

  /** Bytes that one {@link #drain} reads at most, so that a fast writer cannot keep it busy. */
  private static final int DRAIN_MAX = 1024 * 1024;

  private final InputStream stream;
  private final int max;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final byte[] buffer = new byte[8192];
  private boolean truncated;

  /**
   * @param stream of a process; its {@code available()} must tell the bytes in the pipe
   * @param max bytes kept
   */
  OutputCapture(InputStream stream, int max) {
    this.stream = stream;
    this.max = max;
  }

  /** Reads the bytes that are there now, up to a bound, and tells whether there were any. */
  boolean drain() throws IOException {
    int drained = 0;
    for (int there = stream.available();
        there > 0 && drained < DRAIN_MAX;
        there = stream.available()) {
      int count = stream.read(buffer, 0, Math.min(there, buffer.length));
      if (count < 0) {
        break;
      }
      keep(count);
      drained += count;
    }
    return drained > 0;
  }

  Output output() {
    return new Output(kept.toByteArray(), truncated);
  }

  private void keep(int count) {
    var room = Math.min(count, max - kept.size());
    kept.write(buffer, 0, room);
    truncated |= room < count;
  }
}
