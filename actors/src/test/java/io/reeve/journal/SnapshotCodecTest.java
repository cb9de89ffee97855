package io.reeve.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import io.reeve.domain.partition.PartitionSnapshot;
import io.reeve.domain.task.HolderEnded;
import io.reeve.domain.task.Past;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.WriterStarted;
import io.reeve.journal.v1.SnapshotRequest;
import io.reeve.journal.v1.SnapshotTask;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A frozen partition to the bytes of a snapshot and back. */
class SnapshotCodecTest {

  private static final long SEED = Long.getLong("seed", 42);

  @Test
  void anySnapshotComesBackEqual() {
    var random = new Random(SEED);
    for (var round = 0; round < 1_000; round++) {
      var snapshot = new RandomEvents(random).snapshot();

      var back = SnapshotCodec.decode(SnapshotCodec.encode(snapshot));

      assertThat(Reading.of(back))
          .describedAs("seed %d, round %d", SEED, round)
          .isEqualTo(Reading.of(snapshot));
    }
  }

  @Test
  void aProfileReadTwiceIsOneObject() {
    var snapshot = snapshotOf(9, queued(1), queued(2));

    var tasks = SnapshotCodec.decode(SnapshotCodec.encode(snapshot)).tasks().iterator();

    assertThat(tasks.next().spec().profile()).isSameAs(tasks.next().spec().profile());
  }

  @Test
  void aSnapshotAboveTheLimitOfTheStoreIsRefused() {
    var snapshot = snapshotOf(9, queued(1), queued(2));
    var size = SnapshotCodec.encode(snapshot).length;

    assertThat(SnapshotCodec.encode(snapshot, size)).hasSize(size);
    assertThatThrownBy(() -> SnapshotCodec.encode(snapshot, size - 1))
        .isInstanceOf(SnapshotTooLargeException.class)
        .hasMessage(
            "expected a snapshot of at most %d bytes, the most that the store takes, got %d: lower"
                + " reeve.partition.bytes-max, or spread the tasks over more partitions",
            size - 1, size);
  }

  @Test
  void anUnknownFormatIsRefused() {
    var stored =
        io.reeve.journal.v1.PartitionSnapshot.newBuilder().setFormat(SnapshotCodec.FORMAT + 1);

    assertThatThrownBy(() -> SnapshotCodec.decode(Sealed.of(stored.build())))
        .isInstanceOf(UnreadableJournalException.class)
        .hasMessage(
            "expected a known snapshot format, got 2: written by a newer release, or damaged");
  }

  @Test
  void aSnapshotWhoseLiveTasksHaveAnotherHashIsRefused() throws Exception {
    var snapshot = snapshotOf(9, queued(1));
    var stored =
        io.reeve.journal.v1.PartitionSnapshot.parseFrom(SnapshotCodec.encode(snapshot)).toBuilder()
            .clearCrc32C();
    stored.getTasksBuilder(0).setFence(99);

    assertThatThrownBy(() -> SnapshotCodec.decode(Sealed.of(stored.build())))
        .isInstanceOf(UnreadableJournalException.class)
        .hasMessageMatching("expected live tasks with hash [0-9a-f]{16}, got [0-9a-f]{16}");
  }

  @Test
  void whatIsWrittenFieldByFieldIsTheMessageOfTheSchema() throws Exception {
    var request = new PartitionSnapshot.Request("r", 7, 1, 2, 3);
    var snapshot =
        new PartitionSnapshot(
            9,
            new WriterStarted(4, 5, 6, 7),
            new Task[] {queued(1), queued(2)},
            new PartitionSnapshot.Request[] {request},
            new HolderEnded[] {new HolderEnded("h-1", 2, 3)});

    var stored = io.reeve.journal.v1.PartitionSnapshot.parseFrom(SnapshotCodec.encode(snapshot));

    assertThat(stored.getUnknownFields().asMap()).isEmpty();
    assertThat(stored.getFormat()).isEqualTo(1);
    assertThat(stored.getNextSequence()).isEqualTo(9);
    assertThat(stored.getProfilesCount()).isEqualTo(1);
    assertThat(stored.getTasksCount()).isEqualTo(2);
    assertThat(stored.getRequestsList())
        .containsExactly(
            SnapshotRequest.newBuilder()
                .setRequestId("r")
                .setBodyHash(7)
                .setFirstSequence(1)
                .setCount(2)
                .setAtMs(3)
                .build());
    assertThat(stored.getLastStart().getStartNo()).isEqualTo(4);
    assertThat(stored.getEnded(0).getHolders(0)).isEqualTo("h-1");
    assertThat(stored.getStateHash()).isEqualTo(StateHash.of(snapshot));
    assertThat(stored.getCrc32C()).isNotZero();
  }

  /** Messages write the fields that they know in order, so equal bytes leave nothing out. */
  @Test
  void tasksAreWrittenAsTheirMessagesWouldBe() throws Exception {
    var random = new Random(SEED);
    for (var round = 0; round < 300; round++) {
      var snapshot = new RandomEvents(random).snapshot();
      var tasks = new SnapshotTasks();
      for (var task : snapshot.tasks()) {
        var written = new byte[tasks.sizeOf(task, 3)];
        tasks.write(task, 3, CodedOutputStream.newInstance(written));

        var read = SnapshotTask.parseFrom(written);

        assertThat(read.getUnknownFields().asMap()).isEmpty();
        assertThat(read.toByteArray()).describedAs("seed %d, %s", SEED, task).isEqualTo(written);
      }
    }
  }

  @Test
  void theHashTellsLiveTasksApartAndNothingElse() {
    var random = new Random(SEED);
    var live = queued(1);
    var plain = StateHash.of(snapshotOf(9, live));

    assertThat(StateHash.of(snapshotOf(9, queued(1)))).isEqualTo(plain);
    assertThat(StateHash.of(snapshotOf(9, live, finished(2)))).isEqualTo(plain);
    assertThat(StateHash.of(snapshotOf(10, live))).isNotEqualTo(plain);
    assertThat(StateHash.of(snapshotOf(9))).isNotEqualTo(plain);
    assertThat(StateHash.of(snapshotOf(9, queued(2)))).isNotEqualTo(plain);
    for (var round = 0; round < 200; round++) {
      var bytes = live.spec().bytes().clone();
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      var spec = new Task.Spec(1, live.spec().profile(), bytes, live.spec().submittedAtMs());
      assertThat(StateHash.of(snapshotOf(9, Task.Queued.entering(spec, 0)))).isNotEqualTo(plain);
    }
  }

  private static PartitionSnapshot snapshotOf(long nextSequence, Task... tasks) {
    return new PartitionSnapshot(
        nextSequence, null, tasks, new PartitionSnapshot.Request[0], new HolderEnded[0]);
  }

  private static Task.Queued queued(long sequence) {
    var bytes = new byte[29];
    Arrays.fill(bytes, (byte) 7);
    return Task.Queued.entering(
        new Task.Spec(sequence, PartitionCodecTest.profile("mail"), bytes, 0), 0);
  }

  private static Task finished(long sequence) {
    return new Task.Expired(queued(sequence).spec(), 0, 0, 0, Past.NONE, 5);
  }
}
