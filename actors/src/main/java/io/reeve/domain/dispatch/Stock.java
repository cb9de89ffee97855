package io.reeve.domain.dispatch;

import io.reeve.domain.task.TaskClass;
import java.util.Collection;
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
