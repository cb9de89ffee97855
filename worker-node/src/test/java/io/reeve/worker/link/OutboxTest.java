package io.reeve.worker.link;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.reeve.v1.Completed;
import io.reeve.v1.LeaseRef;
import io.reeve.v1.Settlement;
import io.reeve.v1.Settlements;
import io.reeve.worker.slot.Lease;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OutboxTest {

  private final Outbox outbox = new Outbox();

  @Test
  void numbersBatchesFromOneWithoutAGap() {
    add("a", "b", "c");

    assertThat(names(batch(2))).containsExactly("a", "b");
    var second = batch(2);
    assertThat(second.getBatch()).isEqualTo(2);
    assertThat(names(second)).containsExactly("c");
    assertThat(outbox.nextBatch(2, 1000)).isNull();
    assertThat(outbox.batchesOnTheirWay()).isEqualTo(2);
  }

  @Test
  void aResultLargerThanAMessageFailsItsAttemptInsteadOfTheStream() {
    var large =
        Settlement.newBuilder()
            .setTaskId("large")
            .setFence(3)
            .setCompleted(Completed.newBuilder().setResult(ByteString.copyFrom(new byte[2000])))
            .build();
    outbox.add(large);
    add("a");

    var batch = Objects.requireNonNull(outbox.nextBatch(10, 1000));

    assertThat(names(batch)).containsExactly("large", "a");
    assertThat(batch.getSerializedSize()).isLessThan(1100);
    var failed = batch.getSettlements(0).getFailed();
    assertThat(batch.getSettlements(0).getFence()).isEqualTo(3);
    assertThat(failed.getFailure().getCode()).isEqualTo("RESULT_TOO_LARGE");
    assertThat(failed.getPermanent()).isTrue();
  }

  @Test
  void aLaterAcknowledgementCoversAllEarlierBatches() {
    add("a", "b", "c");
    batch(1);
    batch(1);
    batch(1);

    outbox.acknowledge(2);
    assertThat(outbox.batchesOnTheirWay()).isEqualTo(1);
    outbox.acknowledge(1);
    assertThat(outbox.batchesOnTheirWay()).isEqualTo(1);
    outbox.acknowledge(3);

    assertThat(outbox.isEmpty()).isTrue();
  }

  @Test
  void aSlowBatchHoldsBackNobodyAndIsStillAwaited() {
    add("a", "b", "c", "d");
    batch(1);
    batch(1);
    batch(1);

    outbox.overlook(2, 10);

    assertThat(outbox.batchesOnTheirWay()).isEqualTo(1);
    assertThat(names(batch(1))).containsExactly("d");
    outbox.acknowledge(1);
    assertThat(outbox.batchesOnTheirWay()).isEqualTo(2);
    outbox.acknowledge(4);
    assertThat(outbox.batchesOnTheirWay()).isZero();
    assertThat(outbox.isEmpty()).isTrue();
  }

  @Test
  void onlySoManyBatchesAreSlow() {
    add("a", "b", "c");
    batch(1);
    batch(1);
    batch(1);

    outbox.overlook(3, 2);

    assertThat(outbox.batchesOnTheirWay()).isEqualTo(1);
    outbox.startOver();
    assertThat(names(batch(10))).containsExactly("a", "b", "c");
    assertThat(outbox.batchesOnTheirWay()).isEqualTo(1);
  }

  @Test
  void aNewSessionSendsWhatWasNotAcknowledgedFirstAndCountsAnew() {
    add("a", "b", "c", "d");
    batch(1);
    batch(2);
    outbox.acknowledge(1);

    outbox.startOver();

    assertThat(outbox.leases()).extracting(LeaseRef::getTaskId).containsExactly("b", "c", "d");
    var first = batch(10);
    assertThat(first.getBatch()).isEqualTo(1);
    assertThat(names(first)).containsExactly("b", "c", "d");
  }

  @Test
  void dropsWhatTheNewSessionNoLongerHas() {
    add("a", "b", "c");
    batch(2);
    outbox.startOver();

    assertThat(outbox.drop(Set.of(new Lease("a", 1), new Lease("b", 2), new Lease("x", 1))))
        .isEqualTo(1);

    assertThat(names(batch(10))).containsExactly("b", "c");
  }

  @Test
  void cutsBatchesByBytesYetSendsASingleLargeOne() {
    add("a");
    outbox.add(
        settlement("large").toBuilder()
            .setCompleted(Completed.newBuilder().setResult(ByteString.copyFrom(new byte[500])))
            .build());
    add("b");

    assertThat(names(Objects.requireNonNull(outbox.nextBatch(10, 100)))).containsExactly("a");
    assertThat(names(Objects.requireNonNull(outbox.nextBatch(10, 100)))).containsExactly("large");
    assertThat(names(Objects.requireNonNull(outbox.nextBatch(10, 100)))).containsExactly("b");
  }

  @Test
  void losesNothingAndRepeatsNothingAcknowledgedWhateverHappens() {
    for (long seed = 0; seed < 200; seed++) {
      var random = new SplittableRandom(seed);
      var box = new Outbox();
      var acknowledged = new HashSet<String>();
      var onTheirWay = new ArrayList<Settlements>();
      int added = 0;
      for (int step = 0; step < 300; step++) {
        switch (random.nextInt(5)) {
          case 0, 1 -> box.add(settlement("t" + added++));
          case 2 -> {
            var next = box.nextBatch(random.nextInt(1, 6), 10_000);
            if (next != null) {
              assertThat(names(next)).noneMatch(acknowledged::contains);
              onTheirWay.add(next);
            }
          }
          case 3 -> {
            if (!onTheirWay.isEmpty()) {
              var count = random.nextInt(onTheirWay.size()) + 1;
              box.acknowledge(onTheirWay.get(count - 1).getBatch());
              for (var done : onTheirWay.subList(0, count)) {
                acknowledged.addAll(names(done));
              }
              onTheirWay.subList(0, count).clear();
            }
          }
          default -> {
            box.startOver();
            onTheirWay.clear();
          }
        }
      }
      box.startOver();
      var left = box.leases().stream().map(LeaseRef::getTaskId).toList();
      assertThat(left.size() + acknowledged.size()).as("seed %d", seed).isEqualTo(added);
      assertThat(left).as("seed %d", seed).noneMatch(acknowledged::contains);
    }
  }

  private void add(String... names) {
    for (var name : names) {
      outbox.add(settlement(name));
    }
  }

  private Settlements batch(int count) {
    return Objects.requireNonNull(outbox.nextBatch(count, 10_000));
  }

  private static Settlement settlement(String name) {
    return Settlement.newBuilder()
        .setTaskId(name)
        .setFence(1)
        .setCompleted(Completed.getDefaultInstance())
        .build();
  }

  private static List<String> names(Settlements batch) {
    return batch.getSettlementsList().stream().map(Settlement::getTaskId).toList();
  }
}
