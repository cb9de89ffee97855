package io.reeve.domain.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * A grant that its partition has not said is done. What is not leased of it yet counts as in flight
 * for its worker.
 */
final class OpenGrant {

  final long seq;
  final Stock stock;
  final WorkerLedger worker;
  final int count;

  /** Whose tasks it is for; null for a standing grant. */
  final @Nullable ReadyClass ready;

  int leased;
  boolean revoked;

  OpenGrant(long seq, Stock stock, WorkerLedger worker, int count, @Nullable ReadyClass ready) {
    this.seq = seq;
    this.stock = stock;
    this.worker = worker;
    this.count = count;
    this.ready = ready;
  }

  int remaining() {
    return count - leased;
  }
}
