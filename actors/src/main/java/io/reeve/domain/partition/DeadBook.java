package io.reeve.domain.partition;

import io.reeve.domain.TimeBounds;
import io.reeve.domain.task.Task;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.LongStream;

/**
 * Dead tasks that stay readable, within bounds of number, bytes and time for all of them. Those
 * that a person has decided about go first; only then the oldest of the open ones. Completed tasks
 * never push one out.
 */
final class DeadBook {

  private final Limits.Kept limits;
  private final TaskTable tasks;

  /** Nobody has decided about them, in the order they died. */
  private final KeptTasks open;

  /** Redriven or discarded, in the order of that. */
  private final KeptTasks disposed;

  /** When the disposed ones died, which is another order than theirs. */
  private final DueHeap disposedByDeath = new DueHeap(this::isDisposed);

  /** Numbers of the open ones, for a walk in their order. */
  private final NavigableSet<Long> openInOrder = new TreeSet<>();

  /** Open ones that the bounds pushed out since this was made. */
  private long forgotten;

  DeadBook(Limits.Kept limits, TaskTable tasks) {
    this.limits = limits;
    this.tasks = tasks;
    // The bounds of number and bytes are for both together.
    var each = new Limits.Kept(Integer.MAX_VALUE, Long.MAX_VALUE, limits.keptMs());
    this.open = new KeptTasks(each, tasks, this::isOpen, this::onForgotten);
    this.disposed = new KeptTasks(each, tasks);
  }

  int size() {
    return open.size() + disposed.size();
  }

  /** Those that nobody has decided about. */
  int openSize() {
    return open.size();
  }

  /** Open ones that the bounds of number, bytes or time pushed out since this was made. */
  long forgotten() {
    return forgotten;
  }

  /** Takes in a task that died, or that was disposed of, last. */
  void add(Task.Dead task) {
    if (task.isOpen()) {
      openInOrder.add(task.spec().sequence());
      open.add(task);
    } else {
      disposed.add(task);
      disposedByDeath.push(task.finishedAtMs(), task.spec().sequence(), 0);
    }
    trim();
  }

  /**
   * An open one is disposed of. The table has the task as it is now.
   *
   * @param before as it was
   */
  void dispose(Task.Dead before, Task.Dead after) {
    openInOrder.remove(before.spec().sequence());
    open.leave(before);
    add(after);
  }

  private void trim() {
    while (size() > limits.max()
        || (open.bytes() + disposed.bytes() > limits.bytesMax() && size() > 1)) {
      (disposed.size() > 0 ? disposed : open).forgetOldest();
    }
  }

  /** Forgets tasks whose time is over. */
  void sweep(long nowMs) {
    open.sweep(nowMs);
    var beforeMs = TimeBounds.minus(nowMs, limits.keptMs());
    disposedByDeath.skipVoid();
    while (!disposedByDeath.isEmpty() && disposedByDeath.at() < beforeMs) {
      disposed.remove((Task.Dead) tasks.get(disposedByDeath.sequence()));
      disposedByDeath.skipVoid();
    }
  }

  /** When the next is to be forgotten; Long.MAX_VALUE when there is none. */
  long nextForgottenAtMs() {
    disposedByDeath.skipVoid();
    return disposedByDeath.isEmpty()
        ? open.nextForgottenAtMs()
        : Math.min(
            open.nextForgottenAtMs(), TimeBounds.plus(disposedByDeath.at(), limits.keptMs()));
  }

  /** Numbers of all, in the order in which a snapshot has to restore them. */
  LongStream sequences() {
    return LongStream.concat(disposed.sequences(), open.sequences());
  }

  /** Visits open ones with a number above {@code after}, in order, until the visitor says false. */
  void forEachOpenAfter(long after, Predicate<Task.Dead> visitor) {
    for (var sequence : openInOrder.tailSet(after, false)) {
      if (tasks.get(sequence) instanceof Task.Dead task && !visitor.test(task)) {
        return;
      }
    }
  }

  private boolean isOpen(long sequence) {
    return tasks.get(sequence) instanceof Task.Dead task && task.isOpen();
  }

  private boolean isDisposed(long diedAtMs, long sequence, long tag) {
    return tasks.get(sequence) instanceof Task.Dead task && !task.isOpen();
  }

  private void onForgotten(long sequence) {
    openInOrder.remove(sequence);
    forgotten++;
  }
}
