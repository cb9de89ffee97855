package io.reeve.client;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;

/**
 * Walks a list page by page; the next page is fetched when the last item of the one before is
 * taken.
 *
 * <p>A page may be empty without being the last.
 *
 * @param <T> an item of the list
 */
final class Pages<T> implements Iterator<T> {

  private final Function<String, Page<T>> fetch;
  private Iterator<T> page = List.<T>of().iterator();
  private String nextToken = "";
  private boolean lastPageSeen;

  /**
   * One page.
   *
   * @param nextToken of the page after it; empty: it is the last
   */
  record Page<T>(List<T> items, String nextToken) {}

  Pages(Function<String, Page<T>> fetch) {
    this.fetch = fetch;
  }

  @Override
  public boolean hasNext() {
    while (!page.hasNext() && !lastPageSeen) {
      var fetched = fetch.apply(nextToken);
      page = fetched.items().iterator();
      nextToken = fetched.nextToken();
      lastPageSeen = nextToken.isEmpty();
    }
    return page.hasNext();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException("nothing more in the list");
    }
    return page.next();
  }
}
