package io.reeve.worker;

import org.jspecify.annotations.Nullable;

/**
 * Runs tasks of one kind. Called by many threads at once, one call per attempt; a call may block.
 *
 * <p>What it answers becomes the task's result: {@code null} an empty one, a {@code byte[]} or a
 * {@code ByteString} as it is, a {@code String} as UTF-8 text, and anything else as JSON. What it
 * throws fails the attempt: {@link PermanentFailure} for good, {@link RetryLater} after a wait, any
 * other exception as the task's retry policy says. An {@code Error} also restarts the slot that it
 * ran in.
 *
 * <p>A task may run more than once: a worker that dies after the work and before its report causes
 * another attempt. A handler with effects elsewhere makes them repeatable, for instance by the task
 * id; {@link TaskContext#fence} tells an older attempt from a newer one.
 */
@FunctionalInterface
public interface TaskHandler {

  @Nullable Object handle(TaskContext task) throws Exception;
}
