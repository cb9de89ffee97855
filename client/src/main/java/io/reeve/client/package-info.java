/**
 * The Java client library: hands tasks in, reads them, follows them, cancels them.
 *
 * <p>Start reading at {@link io.reeve.client.ReeveClient}. The package speaks the public protocol
 * {@code reeve.v1} by grpc-java and knows nothing of the server's insides; it needs gRPC and
 * Protocol Buffers and nothing else.
 */
@NullMarked
package io.reeve.client;

import org.jspecify.annotations.NullMarked;
