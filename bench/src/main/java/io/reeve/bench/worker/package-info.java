/**
 * The worker's side of the benchmark: a process that does nothing with its tasks, as fast as it
 * can.
 *
 * <p>{@link io.reeve.bench.worker.BenchWorker} is the process's conversation with the run; {@link
 * io.reeve.bench.worker.RawLink} speaks the worker protocol itself, without the worker library, and
 * so measures the server alone.
 */
@NullMarked
package io.reeve.bench.worker;

import org.jspecify.annotations.NullMarked;
