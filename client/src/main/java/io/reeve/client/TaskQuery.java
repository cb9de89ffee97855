package io.reeve.client;

import io.reeve.v1.ListTasksRequest;
import io.reeve.v1.TaskState;
import java.util.List;

/**
 * Which tasks a list shows.
 *
 * @param states any of these; empty: all
 * @param queue exact; empty: any
 * @param kind exact; empty: any
 * @param tenant exact; empty: any
 * @param bytesIncluded whether payloads and results come along
 * @param pageSize tasks fetched at once, 1 to 1000
 */
public record TaskQuery(
    List<TaskState> states,
    String queue,
    String kind,
    String tenant,
    boolean bytesIncluded,
    int pageSize) {

  private static final int PAGE_SIZE_MAX = 1000;

  public TaskQuery {
    states = List.copyOf(states);
    if (pageSize < 1 || pageSize > PAGE_SIZE_MAX) {
      throw new IllegalArgumentException(
          "expected a page size of 1 to " + PAGE_SIZE_MAX + ", got " + pageSize);
    }
  }

  /** Everything, without payloads and results. */
  public static TaskQuery all() {
    return new TaskQuery(List.of(), "", "", "", false, PAGE_SIZE_MAX);
  }

  public TaskQuery states(TaskState... states) {
    return new TaskQuery(List.of(states), queue, kind, tenant, bytesIncluded, pageSize);
  }

  public TaskQuery queue(String queue) {
    return new TaskQuery(states, queue, kind, tenant, bytesIncluded, pageSize);
  }

  public TaskQuery kind(String kind) {
    return new TaskQuery(states, queue, kind, tenant, bytesIncluded, pageSize);
  }

  public TaskQuery tenant(String tenant) {
    return new TaskQuery(states, queue, kind, tenant, bytesIncluded, pageSize);
  }

  public TaskQuery withBytes() {
    return new TaskQuery(states, queue, kind, tenant, true, pageSize);
  }

  public TaskQuery pageSize(int pageSize) {
    return new TaskQuery(states, queue, kind, tenant, bytesIncluded, pageSize);
  }

  ListTasksRequest page(String token) {
    return ListTasksRequest.newBuilder()
        .setPageSize(pageSize)
        .setPageToken(token)
        .addAllStates(states)
        .setQueue(queue)
        .setKind(kind)
        .setTenant(tenant)
        .setOmitBytes(!bytesIncluded)
        .build();
  }
}
