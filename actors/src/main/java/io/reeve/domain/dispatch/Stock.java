package io.reeve.domain.dispatch;

import java.util.LinkedHashMap;
import java.util.Map;

/** What is known of one partition: whether it answers, and which grants are open there. */
final class Stock {

  final int partition;

  /** False until the partition sent an inventory, and after it was lost. */
  boolean known;

  boolean everKnown;

  long incarnation;
  long lastSeq;
  private long nextSeq = 1;
  private long seqAtLook;

  /** Proposals by number, in the order of numbers. */
  final Map<Long, OpenGrant> proposals = new LinkedHashMap<>();

  /** Standing grants by number, those that are being revoked included. */
  final Map<Long, OpenGrant> standing = new LinkedHashMap<>();

  Stock(int partition) {
    this.partition = partition;
  }

  long takeSeq() {
    return nextSeq++;
  }

  /** Whether a proposal is open that already was when this was last asked. */
  boolean isSilent() {
    var silent = !proposals.isEmpty() && proposals.keySet().iterator().next() <= seqAtLook;
    seqAtLook = newestSeq();
    return silent;
  }

  long newestSeq() {
    return nextSeq - 1;
  }
}
