/**
 * Keeps what one call may cost within bounds, whatever service it is for: bytes on their way in and
 * out, and the time that a message may take.
 *
 * <p>Knows frames and streams, and nothing of what they say. Start reading at {@link
 * io.reeve.edge.grpc.guard.CallGuard}.
 */
@NullMarked
package io.reeve.edge.grpc.guard;

import org.jspecify.annotations.NullMarked;
