package io.reeve.edge;

import java.util.concurrent.CompletionStage;

/**
 * Whether what the services stand on works just now. Asked by health checks; answers within a bound
 * and may be asked by any thread, as often as anybody likes.
 */
public interface Readiness {

  /**
   * Whether tasks can be taken in: this node and an owner of tasks are members, the store answers.
   */
  CompletionStage<Boolean> tasks();

  /** Whether workers get tasks: the above, and a dispatcher works. */
  CompletionStage<Boolean> workers();
}
