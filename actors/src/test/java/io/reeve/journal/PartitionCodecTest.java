package io.reeve.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Past;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Events to the bytes of a row and back. */
class PartitionCodecTest {

  private static final long NOON = 1_763_640_000_000L;
  private static final long SEED = Long.getLong("seed", 42);
  private static final TaskProfile PROFILE = profile("mail");

  @Nested
  class RoundTrip {

    @Test
    void anyEventsComeBackEqualAndInOrder() {
      var random = new Random(SEED);
      for (var round = 0; round < 2_000; round++) {
        var events = new RandomEvents(random).row();

        var back = PartitionCodec.decode(PartitionCodec.encode(events), UnaryOperator.identity());

        assertThat(Reading.of(back))
            .describedAs("seed %d, round %d", SEED, round)
            .isEqualTo(Reading.of(events));
      }
    }

    @Test
    void equalEventsGiveEqualBytes() {
      var events = new RandomEvents(new Random(SEED)).row();
      var again = new RandomEvents(new Random(SEED)).row();

      assertThat(PartitionCodec.encode(events)).isEqualTo(PartitionCodec.encode(again));
    }

    @Test
    void noEventsAreARowToo() {
      assertThat(PartitionCodec.decode(PartitionCodec.encode(List.of()), profile -> profile))
          .isEmpty();
    }

    @Test
    void aTaskThatIsNotAsTasksEnterIsRefusedAndNotStoredHalf() {
      var leasedBefore = new Task.Queued(spec(7, PROFILE), 1, 1, NOON, Past.NONE);

      assertThatThrownBy(
              () ->
                  PartitionCodec.encode(
                      List.of(new Submission("r", 1, 7, NOON, List.of(leasedBefore)))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("expected task 7 as it enters, got task 7 with attempt 1 and fence 1");
    }
  }

  @Nested
  class Size {

    @Test
    void aProfileIsStoredOnceForAllSubmissionsOfARow() {
      var one = PartitionCodec.encode(List.of(submission(1, PROFILE)));
      var two = PartitionCodec.encode(List.of(submission(1, PROFILE), submission(2, PROFILE)));

      assertThat(two.length - one.length).isLessThan(200);
    }

    @Test
    void aLeaseOfManyTasksStoresItsHolderOnce() {
      var hundred =
          PartitionCodec.encode(
              each(i -> new TaskEvent.Leased(i, 1, 1, "holder", "worker", NOON, NOON + 30_000)));

      assertThat(hundred.length).isLessThan(400);
    }

    @Test
    void theLossOfAWorkerWithManyTasksStoresItsFailureOnce() {
      var lost = new Failure(FailureType.WORKER_LOST, "no heartbeat for 10 s", "");
      var hundred =
          PartitionCodec.encode(each(i -> new TaskEvent.AttemptFailed(i, 1, lost, NOON, NOON)));

      assertThat(hundred.length).isLessThan(300);
    }
  }

  @Nested
  class Sharing {

    @Test
    void equalProfilesAreOneObject() {
      var table = new HashMap<TaskProfile, TaskProfile>();
      var rows =
          List.of(
              PartitionCodec.encode(
                  List.of(submission(1, profile("mail")), submission(2, PROFILE))),
              PartitionCodec.encode(List.of(submission(3, profile("mail")))));

      var profiles = new ArrayList<TaskProfile>();
      for (var row : rows) {
        for (var event :
            PartitionCodec.decode(row, read -> table.computeIfAbsent(read, first -> first))) {
          ((Submission) event).tasks().forEach(task -> profiles.add(task.spec().profile()));
        }
      }

      assertThat(profiles).hasSize(3).allSatisfy(p -> assertThat(p).isSameAs(profiles.get(0)));
    }

    @Test
    void theLeasesOfAGrantShareTheirTexts() {
      var leases =
          decode(each(i -> new TaskEvent.Leased(i, 1, 1, "holder", "worker", NOON, NOON))).stream()
              .map(TaskEvent.Leased.class::cast)
              .toList();

      assertThat(leases).hasSize(100);
      assertThat(leases)
          .allSatisfy(
              lease -> {
                assertThat(lease.holder()).isSameAs(leases.get(0).holder());
                assertThat(lease.workerId()).isSameAs(leases.get(0).workerId());
              });
    }

    @Test
    void changingTheRowAfterwardsDoesNotChangeThePayload() {
      var row = PartitionCodec.encode(List.of(submission(1, PROFILE)));
      var task = ((Submission) PartitionCodec.decode(row, p -> p).get(0)).tasks().get(0);

      Arrays.fill(row, (byte) 0);

      assertThat(task.spec().bytes()).isEqualTo(spec(1, PROFILE).bytes());
    }
  }

  private static List<PartitionEvent> decode(List<PartitionEvent> events) {
    return PartitionCodec.decode(PartitionCodec.encode(events), UnaryOperator.identity());
  }

  private static List<PartitionEvent> each(LongFunction<PartitionEvent> event) {
    return LongStream.rangeClosed(1, 100).mapToObj(event).toList();
  }

  private static Submission submission(long sequence, TaskProfile profile) {
    return new Submission(
        "request-" + sequence,
        sequence,
        sequence,
        NOON,
        List.of(Task.Queued.entering(spec(sequence, profile), NOON)));
  }

  private static Task.Spec spec(long sequence, TaskProfile profile) {
    var bytes = new byte[120];
    new Random(sequence).nextBytes(bytes);
    return new Task.Spec(sequence, profile, bytes, NOON);
  }

  static TaskProfile profile(String queue) {
    return new TaskProfile(
        new TaskClass(queue, "send", Lane.NORMAL, Priority.NORMAL),
        300_000,
        0,
        new RetryPolicy(4, Duration.ofSeconds(10), Duration.ofMinutes(10), 2.0, 0.2),
        "");
  }
}
