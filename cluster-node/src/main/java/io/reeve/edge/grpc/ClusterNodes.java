package io.reeve.edge.grpc;

import io.reeve.v1.ListNodesResponse;
import java.util.concurrent.CompletionStage;

/**
 * Knows the nodes of the cluster. Answers within a bound and may be asked by any thread, as often
 * as anybody likes.
 */
@FunctionalInterface
public interface ClusterNodes {

  /** All nodes as they are now. */
  CompletionStage<ListNodesResponse> list();
}
