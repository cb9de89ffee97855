package io.reeve.simulation;

import java.util.List;

/** The kinds of actors that a bug may make throw. */
enum Thrower {
  /** Starts anew under its own reference. */
  DISPATCHER,
  /** Its partition starts another. */
  WRITER,
  /** Its shard starts another. */
  PARTITION,
  /** Its worker starts another by a new stream. */
  SESSION;

  static final List<Thrower> ALL = List.of(values());
}
