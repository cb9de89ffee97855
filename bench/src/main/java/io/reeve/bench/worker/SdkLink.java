package io.reeve.bench.worker;

import com.google.protobuf.ByteString;
import io.reeve.worker.TaskContext;
import io.reeve.worker.Worker;
import io.reeve.worker.WorkerListener;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The worker library with a handler that does nothing: what a user's worker costs at least.
 *
 * <p>Each connection is a worker of its own, since a worker that has left does not come back.
 */
final class SdkLink implements Link {

  private static final int WAIT_SECONDS = 60;
  private static final int SLOTS = 4;

  private final String endpoint;
  private final String workerId;
  private final int capacity;
  private final NoOp handler;
  private @Nullable Worker worker;

  SdkLink(String endpoint, String workerId, int capacity, NoOp handler) {
    this.endpoint = endpoint;
    this.workerId = workerId;
    this.capacity = capacity;
    this.handler = handler;
  }

  @Override
  public void connect() {
    var registered = new CountDownLatch(1);
    var slots = Math.min(SLOTS, capacity);
    worker =
        Worker.builder()
            .endpoints(endpoint)
            .id(workerId)
            .slots(slots)
            .prefetch(capacity - slots)
            .urgentPercentage(0)
            .handler("bench", this::handle)
            .listener(
                new WorkerListener() {
                  @Override
                  public void registered(Registration registration) {
                    registered.countDown();
                  }
                })
            .build()
            .start();
    try {
      if (!registered.await(WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            "expected to be registered within " + WAIT_SECONDS + " s, and was not");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while registering", interrupted);
    }
  }

  private @Nullable Object handle(TaskContext task) {
    handler.handle(ByteString.copyFrom(task.payload()));
    return null;
  }

  @Override
  public void disconnect() {
    var open = worker;
    worker = null;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public void close() {
    disconnect();
  }
}
