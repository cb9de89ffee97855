/**
 * The calls of clients: one answer each, or a stream of a task's changes.
 *
 * <p>Puts {@link io.reeve.edge.calls.TaskCalls} into the words of gRPC. Start reading at {@link
 * io.reeve.edge.grpc.task.TaskServiceEdge}.
 */
@NullMarked
package io.reeve.edge.grpc.task;

import org.jspecify.annotations.NullMarked;
