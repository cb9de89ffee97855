package io.reeve.partition;

import io.reeve.domain.partition.PartitionState;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskId;

/** Puts the tasks of one partition into the form that clients read. */
final class TaskReader {

  private static final byte[] NOTHING = {};

  private final int partition;
  private final ProgressBook progress;

  TaskReader(int partition, ProgressBook progress) {
    this.partition = partition;
    this.progress = progress;
  }

  /** The task with this number, or that it is not known: it never was, or is forgotten. */
  Clients.Reply read(PartitionState state, long sequence, long nowMs) {
    var task = state.get(sequence);
    return task == Task.Absent.TASK ? unknown(sequence) : new Clients.Found(view(task, nowMs));
  }

  /** Where the task with this number stands, or that it is not known. */
  Clients.Reply locate(PartitionState state, long sequence, long nowMs) {
    var task = state.get(sequence);
    if (task == Task.Absent.TASK) {
      return unknown(sequence);
    }
    var expiresAtMs = task instanceof Task.Queued queued ? queued.expiresAtMs() : 0;
    return new Clients.Located(
        view(task, nowMs).bare(),
        task.spec().profile().with(state.taskClass(sequence)),
        state.place(sequence),
        expiresAtMs == Task.Queued.NEVER ? 0 : expiresAtMs);
  }

  /** There is no task with this number. */
  Clients.Refused unknown(long sequence) {
    return new Clients.Refused(
        new Rejection(
            Rejection.Code.UNKNOWN_TASK,
            "expected a known task, got " + new TaskId(partition, sequence)));
  }

  /** The task as clients see it. */
  TaskView view(Task task, long nowMs) {
    var spec = task.spec();
    var past = task.past();
    var disposal = task instanceof Task.Dead dead ? dead.disposal() : null;
    return new TaskView(
        new TaskId(partition, spec.sequence()),
        task.stateAt(nowMs),
        spec.bytes(),
        task.attempt(),
        task.fence(),
        spec.submittedAtMs(),
        task.dueAtMs(),
        past.leasedAtMs(),
        task instanceof Task.Finished finished ? finished.finishedAtMs() : 0,
        task instanceof Task.Completed completed ? completed.result() : NOTHING,
        past.failure(),
        past.failedAtMs(),
        task instanceof Task.Cancelled cancelled ? cancelled.reason() : "",
        past.workerId(),
        progress.of(spec.sequence()),
        disposal == null ? 0 : disposal.redrivenAs(),
        past.history().redriveOf(),
        past.history().attempts(),
        disposal == null || disposal.redriven() ? 0 : disposal.atMs(),
        past.losses());
  }
}
