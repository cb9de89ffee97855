/** Tests of the gRPC edge, over real connections on loopback. */
@NullMarked
package io.reeve.edge.grpc;

import org.jspecify.annotations.NullMarked;
