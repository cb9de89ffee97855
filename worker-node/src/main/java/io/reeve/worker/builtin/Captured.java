package io.reeve.worker.builtin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The beginning of what a process writes to one stream, read on a thread of its own so that the
 * process never waits for a full pipe. What is over the bound is read and forgotten.
 */
final class Captured implements AutoCloseable {

  private final InputStream stream;
  private final int max;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final Thread reader;
  private boolean truncated;

  Captured(InputStream stream, int max, String name) {
    this.stream = stream;
    this.max = max;
    this.reader = new Thread(this::read, "reeve-exec-" + name);
    reader.setDaemon(true);
    reader.start();
  }

  /** What was written until the stream ended, or until the patience did. */
  String text(Duration patience) throws InterruptedException {
    reader.join(patience.toMillis());
    synchronized (this) {
      return kept.toString(StandardCharsets.UTF_8);
    }
  }

  synchronized boolean isTruncated() {
    return truncated;
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }

  private void read() {
    var buffer = new byte[8192];
    try {
      for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
        keep(buffer, count);
      }
    } catch (IOException closed) {
      // The process was killed, or its stream closed under the reader: there is no more to come.
      synchronized (this) {
        truncated = true;
      }
    }
  }

  private synchronized void keep(byte[] buffer, int count) {
    var room = Math.min(count, max - kept.size());
    kept.write(buffer, 0, room);
    truncated |= room < count;
  }
}
