package io.reeve.session;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A worker's stream that keeps what it is told. */
final class RecordedStream implements WorkerStream {

  private final BlockingQueue<Object> said = new LinkedBlockingQueue<>();
  volatile boolean full;
  volatile boolean holdsBack;
  volatile long room = Long.MAX_VALUE;

  @Override
  public boolean offer(Session.ToWorker message) {
    return !full && said.add(message);
  }

  @Override
  public boolean hasRoomFor(long bytes) {
    return bytes <= room;
  }

  @Override
  public boolean holdsBack() {
    return holdsBack;
  }

  @Override
  public void complete() {
    said.add("completed");
  }

  @Override
  public void refuse(SessionRefusal refusal) {
    said.add(refusal);
  }

  /** The next that was said, of this type. */
  <T> T expect(Class<T> type) {
    var next = next(5_000);
    if (!type.isInstance(next)) {
      throw new AssertionError("expected a " + type.getSimpleName() + ", got " + next);
    }
    return type.cast(next);
  }

  void expectCompleted() {
    var next = next(5_000);
    if (!"completed".equals(next)) {
      throw new AssertionError("expected the stream to be completed, got " + next);
    }
  }

  void expectNothing() {
    var next = next(100);
    if (next != null) {
      throw new AssertionError("expected nothing, got " + next);
    }
  }

  /** Whether the next is a pong; a refusal stays to be looked at. */
  boolean expectPongOrRefusal() {
    var next = next(5_000);
    if (next instanceof SessionRefusal) {
      said.add(next);
      return false;
    }
    if (!(next instanceof Session.Pong)) {
      throw new AssertionError("expected a pong, got " + next);
    }
    return true;
  }

  private @Nullable Object next(long withinMs) {
    try {
      return said.poll(withinMs, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
