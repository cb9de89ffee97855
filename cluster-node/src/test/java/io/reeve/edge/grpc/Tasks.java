package io.reeve.edge.grpc;

import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskState;
import io.reeve.partition.TaskView;
import io.reeve.v1.TaskSpec;
import java.util.List;

/** Tasks as partitions show them. */
final class Tasks {

  static final TaskSpec ECHO = TaskSpec.newBuilder().setKind("echo").build();

  private Tasks() {}

  static TaskView ready(TaskId id) {
    return in(id, TaskState.READY);
  }

  static TaskView in(TaskId id, TaskState state) {
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
        new byte[0],
        null,
        0,
        "",
        "",
        null,
        0,
        0,
        List.of(),
        0);
  }
}
