/** Tests of the streams of workers. */
@NullMarked
package io.reeve.edge.grpc.worker;

import org.jspecify.annotations.NullMarked;
