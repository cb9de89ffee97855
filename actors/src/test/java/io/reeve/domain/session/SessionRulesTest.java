package io.reeve.domain.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.dispatch.CreditTotals;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Settlement;
import java.util.HashMap;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a session counts. */
class SessionRulesTest {

  @Nested
  class Credit {

    @Test
    void takenOverLeasesAreInFlight() {
      var book = new CreditBook(100, 3, 1, 2);

      assertThat(book.admit(Lane.NORMAL, false)).isFalse();
      assertThat(book.admit(Lane.URGENT, false)).isTrue();
      assertThat(book.admit(Lane.URGENT, false)).isFalse();
      assertThat(book.totals(0)).isEqualTo(new CreditTotals(3, 1, 5, 2, 0));
    }

    @Test
    void aTaskThatMustBeAloneHasNothingBesideIt() {
      var book = new CreditBook(100, 4, 0, 0);
      assertThat(book.admit(Lane.NORMAL, false)).isTrue();
      assertThat(book.admit(Lane.NORMAL, true)).as("beside another").isFalse();
      book.state(4, 0, 1);

      assertThat(book.admit(Lane.NORMAL, true)).isTrue();
      assertThat(book.totals(0).alone()).isTrue();
      assertThat(book.admit(Lane.URGENT, false)).as("another beside it").isFalse();
      book.state(4, 0, 2);

      assertThat(book.totals(0).alone()).isFalse();
      assertThat(book.admit(Lane.NORMAL, false)).isTrue();
      assertThat(book.admit(Lane.NORMAL, false)).isTrue();
    }

    @Test
    void aTaskThatWasTakenOverStaysAlone() {
      var book = new CreditBook(100, 4, 0, 2);
      book.holdsAlone();

      assertThat(book.admit(Lane.NORMAL, false)).isFalse();
      book.state(4, 0, 1);
      assertThat(book.admit(Lane.NORMAL, false)).as("one is left").isFalse();
      book.state(4, 0, 2);
      assertThat(book.admit(Lane.NORMAL, false)).isTrue();
    }

    @Test
    void whatWasHandedBackCannotBeReleasedAgain() {
      var book = new CreditBook(100, 1, 0, 0);
      book.admit(Lane.NORMAL, false);
      book.admit(Lane.NORMAL, false);

      var misuse = book.state(1, 0, 2);

      assertThat(misuse)
          .isEqualTo(
              new Misuse(
                  Misuse.Code.RELEASED_TOO_MUCH, "expected a released total of 1 or less, got 2"));
    }

    @Test
    void aStatementThatIsRefusedChangesNothing() {
      var book = new CreditBook(100, 4, 0, 0);

      assertThat(book.state(101, 0, 0)).isNotNull();
      assertThat(book.state(-1, 0, 0)).isNotNull();
      assertThat(book.state(4, 4, 0)).isNotNull();
      assertThat(book.state(4, -1, 0)).isNotNull();

      assertThat(book.totals(0)).isEqualTo(new CreditTotals(4, 0, 0, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void inFlightNeverExceedsTheLimitOfTheLane(long seed) {
      var random = new SplittableRandom(seed);
      for (var capacity = 1; capacity <= 64; capacity++) {
        var reserve = random.nextInt(capacity);
        var book = new CreditBook(100, capacity, reserve, 0);
        var released = 0L;
        for (var i = 0; i < 500; i++) {
          var lane = random.nextBoolean() ? Lane.NORMAL : Lane.URGENT;
          var before = book.inFlight();
          var limit = lane == Lane.NORMAL ? capacity - reserve : capacity;
          assertThat(book.admit(lane, false)).isEqualTo(before < limit);
          assertThat(book.inFlight()).isLessThanOrEqualTo(capacity);
          if (book.inFlight() > 0 && random.nextBoolean()) {
            assertThat(book.state(capacity, reserve, ++released)).isNull();
          }
        }
      }
    }
  }

  @Nested
  class Leases {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theTableHoldsWhatAMapWouldHold(long seed) {
      var random = new SplittableRandom(seed);
      var table = new LeaseTable(2);
      var expected = new HashMap<Long, Long>();
      for (var i = 0; i < 20_000; i++) {
        var growing = (i / 4_000) % 2 == 0;
        var sequence = 1 + (long) random.nextInt(3_000);
        var fence = 1 + (long) random.nextInt(2);
        if (random.nextInt(10) < (growing ? 7 : 2)) {
          table.put(1, sequence, fence);
          expected.put(sequence, fence);
        } else {
          assertThat(table.remove(1, sequence, fence)).isEqualTo(expected.remove(sequence, fence));
        }
      }

      var found = new HashMap<Long, Long>();
      table.forEach(1, found::put);
      assertThat(found).isEqualTo(expected);
      assertThat(table.count(1)).isEqualTo(expected.size());
      assertThat(table.total()).isEqualTo(expected.size());
      assertThat(table.count(0)).isZero();
    }

    @Test
    void aLeaseWithAnotherFenceStays() {
      var table = new LeaseTable(1);
      table.put(0, 7, 2);

      assertThat(table.remove(0, 7, 1)).isFalse();
      assertThat(table.holds(0, 7, 2)).isTrue();
    }
  }

  @Nested
  class Batches {

    private final SettlementBatches batches = new SettlementBatches(2);

    @Test
    void theLowestContiguousBatchIsThrough() {
      batches.open(1, parts(0, 1));
      batches.open(2, parts(1));

      batches.acknowledged(1, 2);
      batches.acknowledged(1, 1);
      assertThat(batches.through()).isZero();
      batches.acknowledged(0, 1);

      assertThat(batches.through()).isEqualTo(2);
      assertThat(batches.isEmpty()).isTrue();
    }

    @Test
    void anEmptyBatchIsThroughAtOnce() {
      batches.open(1, List.of());

      assertThat(batches.through()).isEqualTo(1);
    }

    @Test
    void aRepeatedAcknowledgementIsNothing() {
      batches.open(1, parts(0, 1));

      assertThat(batches.acknowledged(0, 1)).isNotNull();
      assertThat(batches.acknowledged(0, 1)).isNull();
      assertThat(batches.acknowledged(0, 9)).isNull();
    }

    @Test
    void gapsRepeatsAndTooManyAreRefused() {
      assertThat(batches.check(2)).isNotNull();
      batches.open(1, parts(0));
      assertThat(batches.check(1)).isNotNull();
      batches.open(2, parts(0));

      assertThat(batches.check(3)).isNotNull();
    }

    private static List<SettlementBatches.Part> parts(int... partitions) {
      return java.util.Arrays.stream(partitions)
          .mapToObj(
              p -> new SettlementBatches.Part(p, List.of(Settlement.completed(1, 1, new byte[0]))))
          .toList();
    }
  }

  @Nested
  class Deliveries {

    private final DeliveryWatch watch = new DeliveryWatch();

    @Test
    void theWaitIsThatOfTheOldestUnacknowledgedMessage() {
      assertThat(send(100)).isEqualTo(1);
      assertThat(send(150)).isEqualTo(2);

      assertThat(watch.leftNanos(160, 100)).isEqualTo(40);
      assertThat(watch.received(1)).isNull();
      assertThat(watch.leftNanos(180, 100)).isEqualTo(70);
      assertThat(watch.received(2)).isNull();
      assertThat(watch.leftNanos(10_000, 100)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void fallingAndUnsentNumbersAreRefused() {
      send(0);
      send(0);
      watch.received(2);

      assertThat(watch.received(1)).isNotNull();
      assertThat(watch.received(3)).isNotNull();
      assertThat(watch.received(2)).isNull();
    }

    private long send(long nowNanos) {
      return watch.next(0, new long[] {1}, new long[] {1}, nowNanos);
    }
  }
}
