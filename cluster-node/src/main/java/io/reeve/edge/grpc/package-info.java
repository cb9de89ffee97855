/**
 * The gRPC edge: validates what comes in, asks the actors, and maps their answers.
 *
 * <p>Knows the protocols of partitions and sessions and the generated API; knows nothing of how
 * they decide, or of storage. Nothing of gRPC is known outside of this package. Start reading at
 * {@link io.reeve.edge.grpc.GrpcServer}; every way to say no is in {@link
 * io.reeve.edge.calls.Reason}.
 */
@NullMarked
package io.reeve.edge.grpc;

import org.jspecify.annotations.NullMarked;
