/**
 * What the record of the dispatcher tells: its epochs, and the rules that people set for queues.
 *
 * <p>Knows only the JDK and the values of tasks; nothing of partitions, of workers or of pairing.
 * Start reading at {@link io.reeve.domain.rules.QueueRules}.
 */
@NullMarked
package io.reeve.domain.rules;

import org.jspecify.annotations.NullMarked;
