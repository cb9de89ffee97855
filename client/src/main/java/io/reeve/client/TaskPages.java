package io.reeve.client;

import io.reeve.v1.ListTasksResponse;
import io.reeve.v1.Task;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;

/**
 * Walks a list page by page; the next page is fetched when the last task of the one before is
 * taken.
 *
 * <p>A page may be empty without being the last.
 */
final class TaskPages implements Iterator<Task> {

  private final Function<String, ListTasksResponse> fetch;
  private Iterator<Task> page = List.<Task>of().iterator();
  private String nextToken = "";
  private boolean lastPageSeen;

  TaskPages(Function<String, ListTasksResponse> fetch) {
    this.fetch = fetch;
  }

  @Override
  public boolean hasNext() {
    while (!page.hasNext() && !lastPageSeen) {
      var response = fetch.apply(nextToken);
      page = response.getTasksList().iterator();
      nextToken = response.getNextPageToken();
      lastPageSeen = nextToken.isEmpty();
    }
    return page.hasNext();
  }

  @Override
  public Task next() {
    if (!hasNext()) {
      throw new NoSuchElementException("no more tasks");
    }
    return page.next();
  }
}
