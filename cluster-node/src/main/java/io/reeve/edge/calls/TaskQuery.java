package io.reeve.edge.calls;

import io.reeve.domain.task.TaskState;
import java.util.Set;

/**
 * Which tasks a caller wants to see.
 *
 * @param states empty: any
 * @param queue empty: any; kind and tenant alike
 * @param pageSize tasks of one page; 0: the default
 * @param pageToken of the page before; empty: the first page
 * @param omitBytes leave payloads and results out
 */
public record TaskQuery(
    Set<TaskState> states,
    String queue,
    String kind,
    String tenant,
    int pageSize,
    String pageToken,
    boolean omitBytes) {

  public TaskQuery {
    states = Set.copyOf(states);
  }
}
