package io.reeve.simulation;

import java.util.List;

/** What a worker may say that is not so. */
enum Lie {
  /** What it said before, word for word. */
  AGAIN,
  /** What it said before, with another result. */
  OTHERWISE,
  /** Of the lease before. */
  OLD_FENCE,
  /** Of a lease that nobody has. */
  FUTURE_FENCE,
  /** Of a task that it never had. */
  FOREIGN;

  static final List<Lie> ALL = List.of(values());

  /** How far the fence that it names is from the one that it had. */
  int fences() {
    return switch (this) {
      case OLD_FENCE -> -1;
      case FUTURE_FENCE -> 1;
      case AGAIN, OTHERWISE, FOREIGN -> 0;
    };
  }
}
