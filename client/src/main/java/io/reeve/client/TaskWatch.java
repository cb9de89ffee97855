package io.reeve.client;

import io.grpc.Status;
import io.reeve.v1.Task;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The states of one task, the present one first and the terminal one last; {@link #hasNext} waits.
 *
 * <p>Survives broken streams and restarts of the server. For one thread, but any thread may call
 * {@link #close}, which ends a wait.
 */
public final class TaskWatch implements Iterator<Task>, AutoCloseable {

  /** One step of the watch: a task, or the end with or without a failure. */
  private record Step(@Nullable Task task, @Nullable ReeveException failure) {}

  private static final Step END = new Step(null, null);

  // Bounded by the protocol: a change is asked for only after the one before was taken.
  private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
  private final WatchLoop loop;
  private final @Nullable Future<?> timer;
  private @Nullable Step next;

  /**
   * @param timeout when the watch fails, the server being there or not; null: never while the
   *     server is there
   */
  TaskWatch(Calls calls, String taskId, @Nullable Duration timeout) {
    loop =
        new WatchLoop(
            calls,
            taskId,
            timeout == null ? WatchLoop.GivesUp.AFTER_TRIES : WatchLoop.GivesUp.WHEN_CLOSED,
            new WatchLoop.Reader() {
              @Override
              public void changed(Task task) {
                steps.add(new Step(task, null));
              }

              @Override
              public void ended(Task last) {
                steps.add(END);
              }

              @Override
              public void failed(ReeveException failure) {
                steps.add(new Step(null, failure));
              }
            });
    timer = timeout == null ? null : calls.after(timeout, () -> timeUp(taskId, timeout));
    loop.start();
    loop.request();
  }

  private void timeUp(String taskId, Duration timeout) {
    loop.close();
    steps.add(new Step(null, ReeveException.timedOut(taskId, timeout)));
  }

  @Override
  public boolean hasNext() {
    var step = next;
    if (step == null) {
      step = take();
      next = step;
    }
    if (step.failure() != null) {
      throw step.failure();
    }
    return step.task() != null;
  }

  @Override
  public Task next() {
    var task = hasNext() && next != null ? next.task() : null;
    if (task == null) {
      throw new NoSuchElementException("the task is terminal");
    }
    next = null;
    loop.request();
    return task;
  }

  private Step take() {
    try {
      return steps.take();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return new Step(
          null,
          ReeveException.local(
              Status.Code.CANCELLED,
              ReeveException.REASON_INTERRUPTED,
              "the thread was interrupted while it watched a task"));
    }
  }

  @Override
  public void close() {
    if (timer != null) {
      timer.cancel(false);
    }
    loop.close();
    steps.add(END);
  }
}
