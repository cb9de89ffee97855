package io.reeve.domain.task;

import java.util.ArrayList;
import java.util.List;

/**
 * What a task has behind it, for people: the attempts that failed, and the dead task that it
 * repeats. No rule looks at it. A task that never failed and repeats none shares {@link #NONE}, so
 * it costs nothing.
 *
 * @param redriveOf the dead task of the same partition that this one repeats; 0: none
 * @param attempts that failed, in order: the first and the last of them
 */
public record History(long redriveOf, List<Attempt> attempts) {

  /** Of a task that has nothing behind it. */
  public static final History NONE = new History(0, List.of());

  /** The first attempts that stay, however many follow. */
  public static final int FIRST_MAX = 3;

  /** The last attempts that stay. */
  public static final int LAST_MAX = 13;

  public History {
    attempts = List.copyOf(attempts);
  }

  /** Of a task that repeats a dead one. */
  static History redriveOf(long sequence) {
    return new History(sequence, List.of());
  }

  /** One more attempt failed. Of those between the first and the last the oldest goes. */
  History with(Attempt attempt) {
    var all = new ArrayList<Attempt>(attempts.size() + 1);
    all.addAll(attempts);
    if (all.size() >= FIRST_MAX + LAST_MAX) {
      all.remove(FIRST_MAX);
    }
    all.add(attempt);
    return new History(redriveOf, all);
  }

  /** The same without the attempts. */
  History withoutAttempts() {
    return redriveOf == 0 ? NONE : redriveOf(redriveOf);
  }

  /** Heap bytes, about. */
  int bytes() {
    var sum = 0;
    for (var attempt : attempts) {
      sum += attempt.bytes();
    }
    return sum;
  }
}
