/**
 * The record of the dispatcher on a simulated journal, where its protocol can be reached.
 *
 * <p>Start reading at {@link io.reeve.dispatch.SimulatedRecord}.
 */
@NullMarked
package io.reeve.dispatch;

import org.jspecify.annotations.NullMarked;
