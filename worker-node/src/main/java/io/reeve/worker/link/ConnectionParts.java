package io.reeve.worker.link;

import io.reeve.worker.settings.Endpoint;
import io.reeve.worker.settings.LinkSettings;
import io.reeve.worker.slot.Attempt;
import io.reeve.worker.slot.Execution;
import io.reeve.worker.slot.ProgressInbox;
import io.reeve.worker.slot.Workload;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What a link works with.
 *
 * @param identity who the pool is
 * @param endpoints of the servers, in their order
 * @param settings how the stream is kept
 * @param workload what the pool holds
 * @param execution told the server's limit of a result
 * @param progress what attempts have said of their progress
 * @param surroundings for the attempts that arrive
 * @param figures for heartbeats
 * @param nanos the monotonic clock
 * @param millis the wall clock
 * @param random for jitter
 */
public record ConnectionParts(
    Identity identity,
    List<Endpoint> endpoints,
    LinkSettings settings,
    Workload workload,
    Execution execution,
    ProgressInbox progress,
    Attempt.Surroundings surroundings,
    ProcessFigures figures,
    LongSupplier nanos,
    LongSupplier millis,
    RandomGenerator random) {

  public ConnectionParts {
    endpoints = List.copyOf(endpoints);
  }
}
