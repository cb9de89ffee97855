package io.reeve.check;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/** The epochs of dispatchers, and what partitions did under them. */
final class EpochOrder {

  private final BiConsumer<Invariant, String> wrong;
  private final Map<Long, Long> greeted = new HashMap<>();
  private long epoch;

  EpochOrder(BiConsumer<Invariant, String> wrong) {
    this.wrong = wrong;
  }

  /** Takes a fact, if it is about dispatchers. */
  void take(Fact fact) {
    if (fact instanceof Fact.EpochOpened opened) {
      if (opened.epoch() <= epoch) {
        wrong.accept(
            Invariant.EPOCHS_GROW, "epoch %d: opened after %d".formatted(opened.epoch(), epoch));
      }
      epoch = Math.max(epoch, opened.epoch());
    } else if (fact instanceof Fact.Greeted greeting) {
      greeted.merge(greeting.incarnation(), greeting.epoch(), Math::max);
    } else if (fact instanceof Fact.LeasedUnder lease) {
      var known = greeted.getOrDefault(lease.incarnation(), 0L);
      if (lease.epoch() < known) {
        wrong.accept(
            Invariant.EPOCHS_GROW,
            "partition %d: leased under epoch %d, it knows %d"
                .formatted(lease.partition(), lease.epoch(), known));
      }
    }
  }
}
