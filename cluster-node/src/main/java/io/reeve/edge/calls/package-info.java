/**
 * The calls of clients, whatever edge they come by: checks, routing, repetition and refusals. gRPC
 * and HTTP are thin above it.
 *
 * <p>Start reading at {@link io.reeve.edge.calls.TaskCalls}. Knows the messages that carry a task's
 * specification, and nothing of how a call travels.
 */
@NullMarked
package io.reeve.edge.calls;

import org.jspecify.annotations.NullMarked;
