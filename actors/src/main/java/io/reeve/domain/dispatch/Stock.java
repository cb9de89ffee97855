package io.reeve.domain.dispatch;

import io.reeve.domain.task.TaskClass;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
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

  /** Standing grants whose revocation is not confirmed. */
  private int owed;

  private long confirmed;
  private long seqAtLook;
  private int owedAtLook;
  private long confirmedAtLook;

  /** Standing grants that count no longer, and that the partition may still have. */
  final List<Long> forsaken = new ArrayList<>();

  /** Proposals by number, in the order of numbers. */
  final Map<Long, OpenGrant> proposals = new LinkedHashMap<>();

  /** Standing grants by number, those that are being revoked included. */
  final Map<Long, OpenGrant> standing = new LinkedHashMap<>();

  Stock(int partition) {
    this.partition = partition;
  }

  /** A standing grant is asked back. */
  void owe() {
    owed++;
  }

  /** A standing grant that was asked back is no more. */
  void confirm() {
    owed--;
    confirmed++;
  }

  /** Whether the partition has something to answer. */
  boolean owesAnswer() {
    return !proposals.isEmpty() || owed > 0;
  }

  /**
   * Whether a proposal is open that already was when this was last asked, or standing grants are
   * asked back since then and none came.
   */
  boolean isSilent() {
    var silent =
        (!proposals.isEmpty() && proposals.keySet().iterator().next() <= seqAtLook)
            || (owed > 0 && owedAtLook > 0 && confirmed == confirmedAtLook);
    seqAtLook = newestSeq();
    owedAtLook = owed;
    confirmedAtLook = confirmed;
    return silent;
  }

  long takeSeq() {
    return nextSeq++;
  }

  /** What is believed of it; {@code classes} are all that are known. */
  Belief belief(Collection<ReadyClass> classes) {
    var ready = new LinkedHashMap<TaskClass, Integer>();
    for (var ofClass : classes) {
      if (ofClass.readyAt(partition) > 0) {
        ready.put(ofClass.taskClass, ofClass.readyAt(partition));
      }
    }
    var stands =
        standing.values().stream()
            .map(grant -> new Belief.Standing(grant.seq, grant.leased, grant.revoked))
            .toList();
    return new Belief(partition, incarnation, newestSeq(), lastSeq, ready, stands);
  }

  long newestSeq() {
    return nextSeq - 1;
  }
}
