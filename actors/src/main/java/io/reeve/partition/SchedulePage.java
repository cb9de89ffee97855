package io.reeve.partition;

import io.reeve.domain.partition.ScheduleRules;
import io.reeve.domain.task.Schedule;
import io.reeve.domain.task.ScheduleDefinition;
import java.util.ArrayList;
import java.util.List;

/** A page of schedules in the making. Used once. */
final class SchedulePage {

  /** Of a schedule on the wire, beside what a client decides about. */
  private static final int OVERHEAD = 500;

  private final int partition;
  private final Schedules.ListSchedules list;
  private final List<ScheduleView> schedules = new ArrayList<>();
  private long bytes;
  private String next = "";

  SchedulePage(int partition, Schedules.ListSchedules list) {
    this.partition = partition;
    this.list = list;
  }

  Schedules.Listed read(ScheduleRules rules) {
    rules.forEachAfter(list.after(), list.prefix(), this::add);
    return new Schedules.Listed(schedules, next);
  }

  /** Whether the page goes on. */
  private boolean add(Schedule schedule, boolean full) {
    var size = schedules.size();
    if (size > 0 && (size >= list.pageSize() || bytes >= list.bytesMax())) {
      next = schedules.get(size - 1).schedule().name();
      return false;
    }
    var shown = list.omitBytes() ? withoutPayload(schedule) : schedule;
    bytes += OVERHEAD + shown.bytes();
    schedules.add(new ScheduleView(partition, shown, full));
    return true;
  }

  private static Schedule withoutPayload(Schedule schedule) {
    return new Schedule(
        schedule.number(),
        schedule.version(),
        withoutPayload(schedule.definition()),
        schedule.createdAtMs(),
        schedule.setAtMs(),
        schedule.pause(),
        schedule.progress(),
        schedule.backfill());
  }

  static ScheduleDefinition withoutPayload(ScheduleDefinition definition) {
    var lean = SpecBytes.withoutPayload(definition.template());
    return new ScheduleDefinition(
        definition.name(), definition.timing(), definition.profile(), lean);
  }
}
