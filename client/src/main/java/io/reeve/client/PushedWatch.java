package io.reeve.client;

import io.reeve.v1.Task;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A watch that calls its reader, and ends when the task, the reader or the future does. */
final class PushedWatch implements WatchLoop.Reader {

  private final WatchLoop loop;
  private final Consumer<Task> onChange;
  private final CompletableFuture<Task> result = new CompletableFuture<>();

  PushedWatch(Calls calls, String taskId, WatchLoop.GivesUp givesUp, Consumer<Task> onChange) {
    this.loop = new WatchLoop(calls, taskId, givesUp, this);
    this.onChange = onChange;
  }

  CompletableFuture<Task> begin() {
    var unused = result.whenComplete((task, failure) -> loop.close());
    loop.start();
    loop.request();
    return result;
  }

  @Override
  public void changed(Task task) {
    try {
      onChange.accept(task);
    } catch (RuntimeException readerFailed) {
      result.completeExceptionally(readerFailed);
      return;
    }
    loop.request();
  }

  @Override
  public void ended(Task last) {
    result.complete(last);
  }

  @Override
  public void failed(ReeveException failure) {
    result.completeExceptionally(failure);
  }
}
