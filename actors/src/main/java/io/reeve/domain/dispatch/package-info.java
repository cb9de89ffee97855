/**
 * The rules of pairing ready tasks with workers' credit, as plain values and counters.
 *
 * <p>Knows nothing but the JDK and the words of {@code io.reeve.domain.task}: no clock, no actor,
 * no message. Start reading at {@link io.reeve.domain.dispatch.Dispatch}.
 */
@NullMarked
package io.reeve.domain.dispatch;

import org.jspecify.annotations.NullMarked;
