package io.reeve.edge.calls;

import java.util.List;

/**
 * One page of tasks in the words of an edge.
 *
 * @param nextPageToken empty: there is no more
 */
public record TaskPage<V>(List<V> tasks, String nextPageToken) {

  /** Bytes at which a page ends. One task alone may have more. */
  public static final long BYTES_MAX = 1024 * 1024;

  public TaskPage {
    tasks = List.copyOf(tasks);
  }
}
