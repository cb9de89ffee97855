/** Tests of the statuses. */
@NullMarked
package io.reeve.edge.grpc.status;

import org.jspecify.annotations.NullMarked;
