/**
 * A way for the simulation to the shells of a partition, which only their own package sees.
 *
 * <p>Start reading at {@link io.reeve.partition.SimulatedWriter}.
 */
@NullMarked
package io.reeve.partition;

import org.jspecify.annotations.NullMarked;
