package io.reeve.domain.task;

/**
 * What a person decided about a dead task. It is final.
 *
 * @param redrivenAs the new task that repeats it; 0: it was discarded
 * @param by who decided
 * @param atMs when
 */
public record Disposal(long redrivenAs, String by, long atMs) {

  /** Whether a new task repeats the dead one. */
  public boolean redriven() {
    return redrivenAs != 0;
  }
}
