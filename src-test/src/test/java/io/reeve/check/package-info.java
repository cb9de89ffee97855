/**
 * Judges a history by what was promised, without the rules that wrote it: a second opinion on
 * {@code io.reeve.domain}, kept apart from it on purpose. The same checker judges the journals of
 * real nodes and every step of the simulation.
 *
 * <p>Knows the stored events and what clients and workers saw; no actor, no clock. Start reading at
 * {@link io.reeve.check.Invariant}.
 */
@NullMarked
package io.reeve.check;

import org.jspecify.annotations.NullMarked;
