package io.reeve.domain.partition;

import io.reeve.domain.task.Task;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a snapshot, read out of a frozen table.
 *
 * @param ended sequence numbers of the finished tasks, in the order they ended, which restoring a
 *     snapshot must repeat
 */
record FrozenTasks(TaskTable table, long[] ended) implements PartitionSnapshot.Tasks {

  @Override
  public int size() {
    return table.size();
  }

  @Override
  public Iterator<Task> iterator() {
    return new Iterator<>() {
      private final Iterator<Task> all = table.iterator();
      private int nextEnded;
      private @Nullable Task next = find();

      private @Nullable Task find() {
        while (all.hasNext()) {
          var task = all.next();
          if (Task.isLive(task)) {
            return task;
          }
        }
        return nextEnded < ended.length ? table.get(ended[nextEnded++]) : null;
      }

      @Override
      public boolean hasNext() {
        return next != null;
      }

      @Override
      public Task next() {
        var found = next;
        if (found == null) {
          throw new NoSuchElementException();
        }
        next = find();
        return found;
      }
    };
  }
}
