/**
 * What a pool holds, and the slots that run it. Knows the messages of the protocol, and nothing of
 * streams or sessions. Start with {@link io.reeve.worker.slot.Workload}, the one place that every
 * thread meets at.
 */
@NullMarked
package io.reeve.worker.slot;

import org.jspecify.annotations.NullMarked;
