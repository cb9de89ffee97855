/**
 * One connected worker pool: its credit, deliveries, settlements, heartbeats and resumption.
 *
 * <p>Knows the domain and the protocols of partitions and dispatcher; knows nothing of gRPC: the
 * edge hands it what the worker says as {@link io.reeve.session.Session.FromWorker} and gives it a
 * {@link io.reeve.session.WorkerStream} to speak to. Start reading at {@link
 * io.reeve.session.Session}.
 */
@NullMarked
package io.reeve.session;

import org.jspecify.annotations.NullMarked;
