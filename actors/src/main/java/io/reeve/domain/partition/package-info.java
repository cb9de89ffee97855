/**
 * The rules of one partition: its tasks, their ready order, leases, due times and request ids, as
 * one value that commands decide upon and events change.
 *
 * <p>Knows the JDK and {@code io.reeve.domain.task}; no clock, no randomness, no actor. Start
 * reading at {@code PartitionState}.
 */
@NullMarked
package io.reeve.domain.partition;

import org.jspecify.annotations.NullMarked;
