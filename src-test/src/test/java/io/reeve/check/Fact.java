package io.reeve.check;

import io.reeve.domain.task.Failure;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Outcome;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.RulesHeeded;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskState;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One line of a history: something stored, said, or seen. */
public sealed interface Fact {

  /** A time that is not known. */
  long UNKNOWN = Long.MIN_VALUE;

  /** Whether it can be judged without knowing what was stored by its time. */
  default boolean isOfItsOwn() {
    return this instanceof SubmitCalled
        || this instanceof SubmitAnswered
        || this instanceof WorkerHas
        || this instanceof EpochOpened;
  }

  // ---- The journal

  /**
   * The next event of a partition.
   *
   * @param decidedAtNanos by the monotonic clock of the partition, or {@link #UNKNOWN}
   */
  record Stored(int partition, PartitionEvent event, long decidedAtNanos) implements Fact {}

  // ---- Clients

  /** A client is about to submit; before the call leaves. */
  record SubmitCalled(String requestId, int tasks) implements Fact {}

  /** A client was told that its tasks are stored. */
  record SubmitAnswered(String requestId, int partition, long firstSequence, int count)
      implements Fact {}

  /** A client was told that the task is cancelled. */
  record CancelAnswered(TaskId task) implements Fact {}

  /** A client was told that the dead task is redriven as another one. */
  record RedriveAnswered(TaskId task, TaskId redrivenAs) implements Fact {}

  /** A client was told that the dead task is discarded. */
  record DiscardAnswered(TaskId task) implements Fact {}

  /** A client is about to list the dead letters of a partition; before the call leaves. */
  record DeadListCalled(String call, int partition) implements Fact {}

  /** A client was shown all dead letters of a partition. */
  record DeadListed(String call, int partition, Set<Long> sequences) implements Fact {

    public DeadListed {
      sequences = Set.copyOf(sequences);
    }
  }

  /**
   * A client read a task.
   *
   * @param state null: it was told that there is no such task
   * @param result hash of the result, 0 when there is none
   */
  record ReadAnswered(String client, TaskId task, @Nullable TaskState state, long fence, int result)
      implements Fact {}

  /**
   * A client read a task that shows this failure.
   *
   * @param failure null: none
   */
  record FailureRead(TaskId task, TaskState state, long fence, @Nullable Failure failure)
      implements Fact {}

  // ---- Workers

  /** A worker has these labels, whatever process of it runs. */
  record WorkerHas(String workerId, Labels labels) implements Fact {}

  /**
   * A worker's session stands.
   *
   * @param held leases it brought along
   */
  record SessionBegan(String session, int capacity, int urgentReserve, int held) implements Fact {}

  /** A worker stated its credit; before the message leaves. */
  record CreditStated(String session, int capacity, int urgentReserve, long releasedTotal)
      implements Fact {}

  /** A lease reached its worker. */
  record Delivered(String session, TaskId task, long fence, Lane lane) implements Fact {}

  /**
   * A lease reached its worker, which has others that came in the same session.
   *
   * @param others their fences by task
   */
  record DeliveredBeside(TaskId task, long fence, Map<TaskId, Long> others) implements Fact {

    public DeliveredBeside {
      others = Map.copyOf(others);
    }
  }

  /**
   * A worker was told what became of its settlement.
   *
   * @param result hash of a COMPLETED attempt's result, else 0
   */
  record SettleAnswered(TaskId task, long fence, Outcome outcome, int result, boolean accepted)
      implements Fact {}

  /**
   * A lease ran out at its partition.
   *
   * @param renewedNanosAgo when the last renewal of its holder had reached the partition
   */
  record LeaseRanOut(int partition, String holder, long renewedNanosAgo) implements Fact {}

  // ---- Dispatchers

  /** A dispatcher began to work. */
  record EpochOpened(long epoch) implements Fact {}

  /**
   * A dispatcher stored a rule.
   *
   * @param epoch under which the dispatcher worked
   * @param paused whether nothing of the queue may start until somebody resumes it
   */
  record RuleStored(long epoch, long version, String queue, boolean paused) implements Fact {}

  /** Somebody is about to pause a queue until it is resumed; before the call leaves. */
  record PauseCalled(long call, String queue) implements Fact {}

  /** That caller was told that nothing of the queue starts any more. */
  record PauseAnswered(long call) implements Fact {}

  /** A partition may have told that it heeds this, as of its row of this number. */
  record Heeded(int partition, long row, RulesHeeded heeded) implements Fact {}

  /** A partition took note of a dispatcher. */
  record Greeted(int partition, long incarnation, long epoch) implements Fact {}

  /** A partition leased something under a grant of this epoch. */
  record LeasedUnder(int partition, long incarnation, long epoch) implements Fact {}
}
