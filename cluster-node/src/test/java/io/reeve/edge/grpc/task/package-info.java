/** Tests of the calls of clients. */
@NullMarked
package io.reeve.edge.grpc.task;

import org.jspecify.annotations.NullMarked;
