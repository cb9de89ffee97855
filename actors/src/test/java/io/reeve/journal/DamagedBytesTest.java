package io.reeve.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.reeve.journal.v1.EventRun;
import io.reeve.journal.v1.ExpiredRun;
import io.reeve.journal.v1.LeasedRun;
import io.reeve.journal.v1.PartitionRow;
import io.reeve.journal.v1.SubmittedRun;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Bytes that no release wrote. Each is refused with one type of exception, in time and memory
 * bounded by its length; and damage is never read as something else.
 */
class DamagedBytesTest {

  private static final long SEED = Long.getLong("seed", 42);
  private static final int MUTATIONS = 5_000;

  private final Random random = new Random(SEED);

  @Test
  void anyFlippedBitOfARowIsFound() {
    for (var round = 0; round < MUTATIONS; round++) {
      var row = PartitionCodec.encode(new RandomEvents(random).row());
      row[random.nextInt(row.length)] ^= (byte) (1 << random.nextInt(8));

      assertThatThrownBy(() -> PartitionCodec.decode(row, profile -> profile))
          .describedAs("seed %d, round %d", SEED, round)
          .isInstanceOf(UnreadableJournalException.class);
    }
  }

  @Test
  void aRowCutAnywhereIsFound() {
    var row = PartitionCodec.encode(new RandomEvents(random).row());
    for (var length = 0; length < row.length; length++) {
      var cut = Arrays.copyOf(row, length);

      assertThatThrownBy(() -> PartitionCodec.decode(cut, profile -> profile))
          .describedAs("seed %d, length %d", SEED, length)
          .isInstanceOf(UnreadableJournalException.class);
    }
  }

  @Test
  @Timeout(60)
  void aRowThatIsWrongUnderARightChecksumIsReadOrRefusedAndNothingElse() {
    var refused = 0;
    for (var round = 0; round < MUTATIONS; round++) {
      var row = mutated(PartitionCodec.encode(new RandomEvents(random).row()));
      refused += refuses(round, row, bytes -> PartitionCodec.decode(bytes, profile -> profile));
    }
    assertThat(refused).isPositive();
  }

  @Test
  @Timeout(60)
  void aSnapshotThatIsWrongUnderARightChecksumIsReadOrRefusedAndNothingElse() {
    var refused = 0;
    for (var round = 0; round < MUTATIONS; round++) {
      var snapshot = mutated(SnapshotCodec.encode(new RandomEvents(random).snapshot()));
      refused += refuses(round, snapshot, SnapshotCodec::decode);
    }
    assertThat(refused).isPositive();
  }

  @Test
  void columnsOfUnequalLengthAreRefused() {
    assertRefused(
        EventRun.newBuilder()
            .setLeased(LeasedRun.newBuilder().addSequenceDeltas(1).addFences(1).addFences(2)),
        "expected 1 entries of fences, got 2");
  }

  @Test
  void aProfileThatTheRowDoesNotHaveIsRefused() {
    assertRefused(
        EventRun.newBuilder()
            .setSubmitted(SubmittedRun.newBuilder().addSpecs(ByteString.EMPTY).addProfile(3)),
        "expected 4 entries of profiles, got 0");
  }

  @Test
  void aKindOfRunOfANewerReleaseIsRefused() {
    var run = EventRun.newBuilder();
    run.setUnknownFields(field(9));

    assertRefused(
        run,
        "expected the known fields of EventRun, got field [9] too: written by a newer release, or"
            + " damaged");
  }

  @Test
  void aFieldOfANewerReleaseIsRefused() {
    assertRefused(
        EventRun.newBuilder()
            .setExpired(ExpiredRun.newBuilder().addSequenceDeltas(1).setUnknownFields(field(3))),
        "expected the known fields of ExpiredRun, got field [3] too: written by a newer release, or"
            + " damaged");
  }

  private static void assertRefused(EventRun.Builder run, String message) {
    var row = Sealed.of(PartitionRow.newBuilder().addRuns(run).build());

    assertThatThrownBy(() -> PartitionCodec.decode(row, profile -> profile))
        .isInstanceOf(UnreadableJournalException.class)
        .hasMessage(message);
  }

  private static UnknownFieldSet field(int number) {
    return UnknownFieldSet.newBuilder()
        .addField(number, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
        .build();
  }

  /** Cuts, flips, overwrites and repeats parts of the content, and seals the outcome again. */
  private byte[] mutated(byte[] sealed) {
    var content = Arrays.copyOf(sealed, sealed.length - Sealed.BYTES);
    for (var n = random.nextInt(4); n >= 0 && content.length > 0; n--) {
      var at = random.nextInt(content.length);
      switch (random.nextInt(4)) {
        case 0 -> content = Arrays.copyOf(content, at);
        case 1 -> content[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> content[at] = (byte) (random.nextBoolean() ? 0xff : random.nextInt());
        default -> {
          var length = random.nextInt(content.length - at);
          System.arraycopy(content, 0, content, at, length);
        }
      }
    }
    var mutated = Arrays.copyOf(content, content.length + Sealed.BYTES);
    Sealed.seal(mutated);
    return mutated;
  }

  private static int refuses(int round, byte[] bytes, Consumer<byte[]> decode) {
    try {
      decode.accept(bytes);
      return 0;
    } catch (UnreadableJournalException expected) {
      return 1;
    } catch (RuntimeException e) {
      throw new AssertionError("seed %d, round %d".formatted(SEED, round), e);
    }
  }
}
