package io.reeve.edge.grpc;

import io.reeve.v1.ListWorkersResponse;
import java.util.concurrent.CompletionStage;

/**
 * Knows the workers of the cluster. Answers within a bound and may be asked by any thread, as often
 * as anybody likes.
 */
@FunctionalInterface
public interface ClusterWorkers {

  /** All workers as they are now. */
  CompletionStage<ListWorkersResponse> list();
}
