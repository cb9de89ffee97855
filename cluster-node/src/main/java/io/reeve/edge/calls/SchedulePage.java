package io.reeve.edge.calls;

import java.util.List;

/**
 * One page of schedules in the words of an edge.
 *
 * @param nextPageToken empty: there is no more
 */
public record SchedulePage<V>(List<V> schedules, String nextPageToken) {

  public SchedulePage {
    schedules = List.copyOf(schedules);
  }
}
