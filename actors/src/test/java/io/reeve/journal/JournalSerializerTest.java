package io.reeve.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reeve.domain.partition.PartitionSnapshot;
import java.io.NotSerializableException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The serializer as Pekko finds it by the module's reference.conf. */
class JournalSerializerTest {

  private static ActorSystem system;
  private static Serialization serialization;

  private static final RowPlace PLACE = new RowPlace("partition|3", 812);

  private final RandomEvents random = new RandomEvents(new Random(42));

  @BeforeAll
  static void start() {
    system = ActorSystem.create("journal-serializer-test");
    serialization = SerializationExtension.get(system);
  }

  @AfterAll
  static void stop() {
    TestKit.shutdownActorSystem(system);
  }

  @Test
  void theIdentifierAndTheManifestsAreAsStored() {
    var row = PartitionRow.of(PLACE, random.row());
    var snapshot = random.snapshot();

    assertThat(serializerOf(row).identifier()).isEqualTo(746_001);
    assertThat(serializerOf(row).manifest(row)).isEqualTo("p2");
    assertThat(serializerOf(snapshot).identifier()).isEqualTo(746_001);
    assertThat(serializerOf(snapshot).manifest(snapshot)).isEqualTo("s1");
  }

  @Test
  void aRowComesBackAsOneThatIsStillToBeApplied() {
    var events = random.row();
    var row = PartitionRow.of(PLACE, events);

    var back = (PartitionRow) serialization.deserialize(row.bytes(), 746_001, "p2").get();

    assertThat(row.applied()).isTrue();
    assertThat(back.applied()).isFalse();
    assertThat(back).isEqualTo(row).hasSameHashCodeAs(row);
    assertThat(Reading.of(back.events(PLACE, profile -> profile))).isEqualTo(Reading.of(events));
  }

  @Test
  void aRowIsNotEncodedAgainByTheJournal() {
    var row = PartitionRow.of(PLACE, random.row());

    assertThat(serialization.serialize(row).get()).isSameAs(row.bytes());
  }

  @Test
  void aRowReadsWellAtItsOwnPlaceOnly() {
    var row = PartitionRow.fromBytes(PartitionRow.of(PLACE, random.row()).bytes(), "p2");

    row.verify(PLACE);
    for (var other :
        List.of(
            new RowPlace("partition|3", 813),
            new RowPlace("partition|4", 812),
            new RowPlace("partition|38", 12))) {
      assertThatThrownBy(() -> row.verify(other))
          .isInstanceOf(UnreadableJournalException.class)
          .hasMessageStartingWith(other + " is damaged or in the wrong place: expected checksum ");
      assertThatThrownBy(() -> row.events(other, profile -> profile))
          .isInstanceOf(UnreadableJournalException.class)
          .hasMessageStartingWith(other + " cannot be read: expected checksum ");
    }
    assertThat(PLACE).hasToString("row 812 of partition 3");
  }

  /** The first builds wrote rows of this manifest unbound, later ones bound to their place. */
  @Test
  void aRowOfTheFirstBuildsReadsBoundOrNot() throws NotSerializableException {
    var events = random.row();
    var unbound =
        (PartitionRow) new JournalSerializer().fromBinary(PartitionCodec.encode(events), "p1");
    var bound = PartitionRow.fromBytes(PartitionRow.of(PLACE, events).bytes(), "p1");

    for (var row : List.of(unbound, bound)) {
      row.verify(PLACE);
      assertThat(Reading.of(row.events(PLACE, profile -> profile))).isEqualTo(Reading.of(events));
      assertThat(serializerOf(row).manifest(row)).isEqualTo("p1");
    }
    assertThatThrownBy(() -> bound.verify(new RowPlace("partition|3", 813)))
        .isInstanceOf(UnreadableJournalException.class);
    assertThatThrownBy(
            () -> PartitionRow.fromBytes(PartitionCodec.encode(events), "p2").verify(PLACE))
        .isInstanceOf(UnreadableJournalException.class);
    assertThatThrownBy(() -> PartitionRow.fromBytes(new byte[0], "p3"))
        .isInstanceOf(UnreadableJournalException.class)
        .hasMessage("expected a row of manifest p2 or p1, got p3");
  }

  /** Written once by a build, and read by every one after it. */
  @Test
  void anEmptyRowIsStoredAsItAlwaysWas() {
    assertThat(HexFormat.of().formatHex(PartitionRow.of(PLACE, List.of()).bytes()))
        .isEqualTo("7df9ff241f");
  }

  @Test
  void aSnapshotComesBackEqual() {
    var snapshot = random.snapshot();

    var back =
        (PartitionSnapshot)
            serialization.deserialize(serialization.serialize(snapshot).get(), 746_001, "s1").get();

    assertThat(Reading.of(back)).isEqualTo(Reading.of(snapshot));
  }

  @Test
  void aManifestOfANewerReleaseIsRefusedWithAWayOut() {
    assertThatThrownBy(() -> new JournalSerializer().fromBinary(new byte[0], "p3"))
        .isInstanceOf(NotSerializableException.class)
        .hasMessage(
            "expected manifest p2, p1 or s1 of serializer 746001, got p3: written by a release newer"
                + " than this one; run that release or a later one");
  }

  @Test
  void aDamagedSnapshotIsRefusedWithItsReason() {
    var bytes = serialization.serialize(random.snapshot()).get();
    bytes[bytes.length / 2] ^= 1;

    assertThatThrownBy(() -> serialization.deserialize(bytes, 746_001, "s1").get())
        .isInstanceOf(UnreadableJournalException.class)
        .hasMessageContaining("expected checksum");
  }

  @Test
  void anythingElseHasNoStoredForm() {
    assertThatThrownBy(() -> new JournalSerializer().toBinary(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected a PartitionRow or a PartitionSnapshot, got java.util.");
  }

  private static SerializerWithStringManifest serializerOf(Object object) {
    return (SerializerWithStringManifest) serialization.findSerializerFor(object);
  }
}
