/**
 * The life of one task as pure values and functions: states, commands, events, retry.
 *
 * <p>Knows nothing but the JDK: no clock, no randomness, no I/O, no actor. Start reading at {@code
 * Task}.
 */
@NullMarked
package io.reeve.domain.task;

import org.jspecify.annotations.NullMarked;
