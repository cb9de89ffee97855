/**
 * The time that delays, expiry and every stored instant go by. Start reading at {@code SteadyTime}.
 */
@NullMarked
package io.reeve.node.time;

import org.jspecify.annotations.NullMarked;
