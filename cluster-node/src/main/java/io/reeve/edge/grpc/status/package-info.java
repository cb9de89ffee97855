/**
 * What a call or a stream is told that was refused or failed.
 *
 * <p>Knows the reasons of the calls and the statuses of gRPC, and no service. Start reading at
 * {@link io.reeve.edge.grpc.status.GrpcStatuses}.
 */
@NullMarked
package io.reeve.edge.grpc.status;

import org.jspecify.annotations.NullMarked;
