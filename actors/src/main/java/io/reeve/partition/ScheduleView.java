package io.reeve.partition;

import io.reeve.domain.task.Schedule;

/**
 * A schedule as clients see it.
 *
 * @param full its partition has no room for the next task, so that it waits
 */
public record ScheduleView(int partition, Schedule schedule, boolean full) {

  /** The name of the schedule among all partitions, for ever. */
  public String id() {
    return partition + "-s" + schedule.number();
  }
}
