package io.reeve.edge;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Whether what the services stand on works just now. Asked by health checks; answers within a bound
 * and may be asked by any thread, as often as anybody likes.
 */
public interface Readiness {

  /**
   * What keeps tasks from being taken in; empty: nothing. This node and an owner of tasks are
   * members, and the store takes rows.
   */
  CompletionStage<Optional<String>> tasks();

  /** What keeps workers from getting tasks: the above, or no dispatcher works; empty: nothing. */
  CompletionStage<Optional<String>> workers();
}
