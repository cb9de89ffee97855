package io.reeve.domain.partition;

import io.reeve.domain.task.HolderEnded;
import io.reeve.domain.task.RulesHeeded;
import io.reeve.domain.task.Schedule;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.UniqueTaken;
import io.reeve.domain.task.WriterStarted;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stored part of a partition's state at one instant, frozen. The partition goes on to change
 * its state while another thread reads this copy.
 *
 * @param nextSequence of the next task
 * @param lastStart of the newest writer; null before the first
 * @param tasks live ones and kept finished ones
 * @param requests remembered request ids, the oldest first
 * @param ended holders that are gone, the longest gone first
 * @param schedules by name
 * @param unique keys that tasks hold, the longest held first
 * @param heeded the dispatcher and the rules that the partition keeps
 */
public record PartitionSnapshot(
    long nextSequence,
    @Nullable WriterStarted lastStart,
    Tasks tasks,
    Request[] requests,
    HolderEnded[] ended,
    Schedule[] schedules,
    UniqueTaken[] unique,
    RulesHeeded heeded) {

  private static final UniqueTaken[] NO_KEYS = {};

  /** A snapshot of these tasks, of which none has a unique key. */
  public PartitionSnapshot(
      long nextSequence,
      @Nullable WriterStarted lastStart,
      Task[] tasks,
      Request[] requests,
      HolderEnded[] ended,
      Schedule... schedules) {
    this(
        nextSequence,
        lastStart,
        Tasks.of(tasks),
        requests,
        ended,
        schedules,
        NO_KEYS,
        RulesHeeded.NONE);
  }

  /** Live tasks by sequence number, then finished ones in the order they ended. */
  public interface Tasks extends Iterable<Task> {

    int size();

    /** These tasks, in this order. */
    static Tasks of(Task... tasks) {
      return of(List.of(tasks));
    }

    /** These tasks, in this order; the caller does not change the list any more. */
    static Tasks of(List<Task> tasks) {
      return new Tasks() {
        @Override
        public int size() {
          return tasks.size();
        }

        @Override
        public Iterator<Task> iterator() {
          return tasks.iterator();
        }
      };
    }
  }

  /**
   * A request id that is still remembered.
   *
   * @param bodyHash of the submission, to tell a repeat from a conflict
   * @param firstSequence of its tasks, which have consecutive numbers
   * @param count of its tasks; 0: it made none, since task {@code firstSequence} held its key
   * @param atMs when it was taken in
   */
  public record Request(
      String requestId, long bodyHash, long firstSequence, int count, long atMs) {}
}
