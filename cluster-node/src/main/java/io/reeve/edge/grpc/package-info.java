/**
 * The gRPC edge: validates what comes in, asks the actors, and maps their answers.
 *
 * <p>Knows the protocols of partitions and sessions and the generated API; knows nothing of how
 * they decide, or of storage. Nothing of gRPC is known outside of this package and those below it:
 * {@code task} for the calls of clients, {@code worker} for the streams of workers, {@code guard}
 * for what every call has to keep to, {@code status} for every way to say no. Start reading at
 * {@link io.reeve.edge.grpc.GrpcServer}.
 */
@NullMarked
package io.reeve.edge.grpc;

import org.jspecify.annotations.NullMarked;
