package io.reeve.client.fake;

import io.reeve.v1.Schedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** The schedules of the fake server: it keeps definitions, and makes no tasks. */
public final class FakeSchedules {

  private final Map<String, Schedule> byName = new LinkedHashMap<>();
  private final List<String> requestIds = new CopyOnWriteArrayList<>();

  synchronized Schedule put(Schedule schedule) {
    byName.put(schedule.getName(), schedule);
    return schedule;
  }

  synchronized List<Schedule> all() {
    return List.copyOf(byName.values());
  }

  void triggered(String requestId) {
    requestIds.add(requestId);
  }

  /** Request ids of the triggers that arrived. */
  public List<String> requestIds() {
    return requestIds;
  }
}
