package io.reeve.edge.grpc.task;

import io.reeve.partition.TaskView;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * A task after one change, as all its watchers are told of it: encoded once for all of them, in
 * full, and without payload and result. Used by one thread.
 */
final class TaskChange {

  private final TaskView task;
  private @Nullable ByteString full;
  private @Nullable ByteString lean;

  TaskChange(TaskView task) {
    this.task = task;
  }

  boolean isLast() {
    return task.state().terminal();
  }

  /** With payload and result, unless they are too large for any answer. */
  ByteString full() {
    var encoded = full;
    if (encoded == null) {
      encoded =
          encoded(TaskReplies.fits(task) ? TaskReplies.Bytes.ALL : TaskReplies.Bytes.TOO_MANY);
      full = encoded;
    }
    return encoded;
  }

  /** Without payload and result, and saying so. */
  ByteString lean() {
    var encoded = lean;
    if (encoded == null) {
      encoded = encoded(TaskReplies.Bytes.TOO_MANY);
      lean = encoded;
    }
    return encoded;
  }

  private ByteString encoded(TaskReplies.Bytes bytes) {
    return ByteString.fromArrayUnsafe(TaskReplies.reply(task, bytes).toByteArray());
  }
}
