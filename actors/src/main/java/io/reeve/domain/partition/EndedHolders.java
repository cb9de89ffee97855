package io.reeve.domain.partition;

import io.reeve.domain.TimeBounds;
import io.reeve.domain.task.HolderEnded;
import java.util.LinkedHashMap;

/** Holders that are gone for good, each with its last session; the longest gone first. */
final class EndedHolders {

  private final Limits.Ended limits;
  private final LinkedHashMap<String, HolderEnded> byHolder = new LinkedHashMap<>();

  EndedHolders(Limits.Ended limits) {
    this.limits = limits;
  }

  /** The last session of the holder, if it is gone; else {@link LeaseBook#NO_SESSION}. */
  int sessionNo(String holder) {
    var ended = byHolder.get(holder);
    return ended == null ? LeaseBook.NO_SESSION : ended.sessionNo();
  }

  void add(HolderEnded ended) {
    byHolder.remove(ended.holder());
    byHolder.put(ended.holder(), ended);
    if (byHolder.size() > limits.max()) {
      byHolder.remove(byHolder.keySet().iterator().next());
    }
  }

  /** The holder came back. */
  void remove(String holder) {
    byHolder.remove(holder);
  }

  /** Forgets holders that are gone for longer than any grant is on its way. */
  void sweep(long nowMs) {
    var beforeMs = TimeBounds.minus(nowMs, limits.keptMs());
    var ended = byHolder.values().iterator();
    while (ended.hasNext() && ended.next().atMs() < beforeMs) {
      ended.remove();
    }
  }

  HolderEnded[] snapshot() {
    return byHolder.values().toArray(HolderEnded[]::new);
  }
}
