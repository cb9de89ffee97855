package io.reeve.edge;

import io.reeve.dispatch.Dispatcher;
import io.reeve.domain.dispatch.ReadyTask;
import io.reeve.domain.dispatch.StreamExplanation;
import io.reeve.domain.dispatch.WorkerKind;
import io.reeve.v1.ListNodesResponse;
import io.reeve.v1.ListWorkersResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Knows the cluster: its nodes, its workers, and the workers that its work asks for. Answers within
 * a bound and may be asked by any thread, as often as anybody likes.
 */
public interface ClusterView {

  /** All nodes as they are now. */
  CompletionStage<ListNodesResponse> nodes();

  /** All workers as they are now. */
  CompletionStage<ListWorkersResponse> workers();

  /**
   * How many workers of this kind the work asks for just now. Fails with a TimeoutException while
   * no dispatcher works.
   */
  CompletionStage<Dispatcher.DemandShown> demand(WorkerKind kind);

  /**
   * What keeps a ready task from starting, by the word of the dispatcher; empty when none answers
   * in time, or it has only just started.
   */
  CompletionStage<Optional<StreamExplanation>> explain(ReadyTask task, Duration within);
}
