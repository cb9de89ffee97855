package io.reeve.client;

import io.reeve.v1.TaskState;
import java.util.Locale;

/** The meaning and the short names of task states. */
public final class TaskStates {

  private static final String PREFIX = "TASK_STATE_";

  private TaskStates() {}

  /** Whether a task in this state never changes again. */
  public static boolean isTerminal(TaskState state) {
    return switch (state) {
      case TASK_STATE_COMPLETED, TASK_STATE_DEAD, TASK_STATE_CANCELLED, TASK_STATE_EXPIRED -> true;
      case TASK_STATE_UNSPECIFIED,
          TASK_STATE_WAITING,
          TASK_STATE_READY,
          TASK_STATE_LEASED,
          UNRECOGNIZED ->
          false;
    };
  }

  /** The short name that people read and write: {@code ready}, {@code dead}. */
  public static String name(TaskState state) {
    var name = state.name();
    return (name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name)
        .toLowerCase(Locale.ROOT);
  }

  /** The state with this short name. */
  public static TaskState parse(String name) {
    for (var state : TaskState.values()) {
      if (state != TaskState.UNRECOGNIZED
          && state != TaskState.TASK_STATE_UNSPECIFIED
          && name(state).equals(name.toLowerCase(Locale.ROOT))) {
        return state;
      }
    }
    throw new IllegalArgumentException(
        "expected waiting, ready, leased, completed, dead, cancelled or expired, got '"
            + name
            + "'");
  }
}
