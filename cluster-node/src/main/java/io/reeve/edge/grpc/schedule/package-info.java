/**
 * The calls of clients about schedules by gRPC.
 *
 * <p>Knows the public messages, and nothing of partitions but what they say of a schedule. Start
 * reading at {@link io.reeve.edge.grpc.schedule.ScheduleServiceEdge}.
 */
@NullMarked
package io.reeve.edge.grpc.schedule;

import org.jspecify.annotations.NullMarked;
