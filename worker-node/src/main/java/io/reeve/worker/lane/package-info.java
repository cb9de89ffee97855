/**
 * Which waiting task a pool starts next: two lanes, a reserve that only urgent tasks may use, and
 * the order inside a lane. Pure data structures: no thread, no clock, no protocol. Start with
 * {@link io.reeve.worker.lane.LaneQueues}.
 */
@NullMarked
package io.reeve.worker.lane;

import org.jspecify.annotations.NullMarked;
