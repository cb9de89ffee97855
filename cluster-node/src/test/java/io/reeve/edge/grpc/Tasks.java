package io.reeve.edge.grpc;

import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskState;
import io.reeve.partition.TaskView;
import io.reeve.v1.TaskSpec;
import java.util.List;

/** Tasks as partitions show them. */
public final class Tasks {

  public static final TaskSpec ECHO = TaskSpec.newBuilder().setKind("echo").build();

  private Tasks() {}

  public static TaskView ready(TaskId id) {
    return in(id, TaskState.READY);
  }

  /** One that resulted in these bytes. */
  public static TaskView completed(TaskId id, byte[] result) {
    return task(id, TaskState.COMPLETED, result);
  }

  public static TaskView in(TaskId id, TaskState state) {
    return task(id, state, new byte[0]);
  }

  private static TaskView task(TaskId id, TaskState state, byte[] result) {
    return new TaskView(
        id,
        state,
        ECHO.toByteArray(),
        0,
        0,
        1,
        1,
        0,
        0,
        result,
        null,
        0,
        "",
        "",
        null,
        0,
        0,
        List.of(),
        0,
        0);
  }
}
