package io.reeve.edge.grpc;

import java.util.concurrent.CompletableFuture;
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

  /** Everything always works. */
  static Readiness always() {
    return new Readiness() {
      @Override
      public CompletionStage<Boolean> tasks() {
        return CompletableFuture.completedFuture(true);
      }

      @Override
      public CompletionStage<Boolean> workers() {
        return CompletableFuture.completedFuture(true);
      }
    };
  }
}
