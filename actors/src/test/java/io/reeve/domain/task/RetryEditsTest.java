package io.reeve.domain.task;

import static io.reeve.domain.task.TaskSamples.DISK_FULL;
import static io.reeve.domain.task.TaskSamples.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryEditsTest {

  private static final RetryPolicy POLICY =
      new RetryPolicy(
          4, Duration.ofSeconds(10), Duration.ofSeconds(60), 2, 0.2, List.of("NO_FUNDS"));
  private static final TaskProfile PROFILE =
      new TaskProfile(
          new TaskClass("q", "k", Lane.URGENT, Priority.HIGH), 1_000, 2_000, POLICY, "tenant");

  @Test
  void nothingGivenChangesNothing() {
    assertThat(RetryEdits.NONE.of(PROFILE)).isSameAs(PROFILE);
  }

  @Test
  void whatIsNotGivenStays() {
    var edited = new RetryEdits(9, null, null, 0, null, List.of()).of(PROFILE);

    assertThat(edited)
        .isEqualTo(
            new TaskProfile(
                PROFILE.taskClass(),
                1_000,
                2_000,
                new RetryPolicy(
                    9, Duration.ofSeconds(10), Duration.ofSeconds(60), 2, 0.2, List.of("NO_FUNDS")),
                "tenant"));
  }

  @Test
  void everythingMayBeGiven() {
    var edits =
        new RetryEdits(
            9, Duration.ZERO, Duration.ofSeconds(1), 3, 0.0, List.of("NO_FUNDS", "NO_ACCOUNT"));

    assertThat(edits.of(PROFILE).retry())
        .isEqualTo(
            new RetryPolicy(
                9, Duration.ZERO, Duration.ofSeconds(1), 3, 0, List.of("NO_FUNDS", "NO_ACCOUNT")));
  }

  @Test
  void aLongerFirstWaitMovesTheUpperBound() {
    var edits = new RetryEdits(0, Duration.ofSeconds(90), null, 0, null, List.of());

    assertThat(edits.of(PROFILE).retry().backoffMax()).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void aFailureWithACodeThatIsNeverRetriedIsTheLast() {
    var spec = new Task.Spec(1, PROFILE, new byte[0], NOON);
    var leased = TaskSamples.leased(Task.Queued.entering(spec, NOON));
    var noFunds = new Failure(FailureType.ERROR, "no money", "NO_FUNDS");

    assertThat(leased.fail(1, TaskSamples.report(noFunds), NOON))
        .isEqualTo(new TaskEvent.Died(1, 1, noFunds, NOON));
    assertThat(leased.fail(1, TaskSamples.report(DISK_FULL), NOON))
        .isInstanceOf(TaskEvent.AttemptFailed.class);
  }
}
