/**
 * The streams of workers: each joined to a session, in both directions, and the list of who is or
 * was there.
 *
 * <p>Knows the protocol of sessions, with what that takes from partitions, and nothing of the
 * dispatcher. Start reading at {@link io.reeve.edge.grpc.worker.WorkerServiceEdge}.
 */
@NullMarked
package io.reeve.edge.grpc.worker;

import org.jspecify.annotations.NullMarked;
