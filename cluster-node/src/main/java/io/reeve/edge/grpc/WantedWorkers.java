package io.reeve.edge.grpc;

import io.reeve.dispatch.Dispatcher;
import io.reeve.domain.dispatch.WorkerKind;
import java.util.concurrent.CompletionStage;

/**
 * Knows how many workers the work asks for. Answers within a bound, or fails with a
 * TimeoutException while no dispatcher works, and may be asked by any thread, as often as anybody
 * likes.
 */
@FunctionalInterface
public interface WantedWorkers {

  /** How many of this kind, just now. */
  CompletionStage<Dispatcher.DemandShown> of(WorkerKind kind);
}
