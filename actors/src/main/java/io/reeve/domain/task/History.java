package io.reeve.domain.task;

import java.util.ArrayList;
import java.util.List;

/**
 * What a task has behind it: the attempts that failed, how often its worker was lost, and the dead
 * task that it repeats. Of these a rule looks at the losses alone. A task that never failed and
 * repeats none shares {@link #NONE}, so it costs nothing.
 *
 * @param redriveOf the dead task of the same partition that this one repeats; 0: none
 * @param losses leases in a row that ended because their worker was lost
 * @param attempts that failed, in order: the first and the last of them; those that were lost too,
 *     though they do not count
 */
public record History(long redriveOf, int losses, List<Attempt> attempts) {

  /** Of a task that has nothing behind it. */
  public static final History NONE = new History(0, List.of());

  /** The first attempts that stay, however many follow. */
  public static final int FIRST_MAX = 3;

  /** The last attempts that stay. */
  public static final int LAST_MAX = 13;

  public History {
    attempts = List.copyOf(attempts);
  }

  /** Without losses. */
  public History(long redriveOf, List<Attempt> attempts) {
    this(redriveOf, 0, attempts);
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
    return new History(redriveOf, losses, all);
  }

  /** One more attempt failed, and its worker was not lost. */
  History withFailure(Attempt attempt) {
    return new History(redriveOf, 0, with(attempt).attempts);
  }

  /** One more attempt ended because its worker was lost. */
  History withLoss(Attempt attempt) {
    var history = with(attempt);
    return new History(redriveOf, losses + 1, history.attempts);
  }

  /** The same without the attempts. */
  History withoutAttempts() {
    return redriveOf == 0 && losses == 0 ? NONE : new History(redriveOf, losses, List.of());
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
