/**
 * What keeps the edges of a node within memory, file descriptors and time, whatever callers do.
 *
 * <p>{@link io.reeve.edge.bounds.Room} is the budget of bytes in flight, {@link
 * io.reeve.edge.bounds.Door} accepts connections. Knows nothing of gRPC, of pages or of tasks.
 */
@NullMarked
package io.reeve.edge.bounds;

import org.jspecify.annotations.NullMarked;
