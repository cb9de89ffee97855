package io.reeve.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.schedule.Missed;
import io.reeve.domain.schedule.Overlap;
import io.reeve.domain.schedule.ScheduleRule;
import io.reeve.domain.schedule.ScheduleTiming;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Outcome;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.ScheduleDefinition;
import io.reeve.domain.task.ScheduleEvent;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskProfile;
import io.reeve.domain.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A good history passes; each thing that must not happen, put into it, is found. */
class CheckerTest {

  private static final int PARTITION = 3;
  private static final Failure FAILURE = new Failure(FailureType.ERROR, "no luck", "");

  /** Two tasks; the first fails once, is handed back once, and then completes. */
  private static final List<PartitionEvent> GOOD =
      List.of(
          submission("r1", 1, 2),
          leased(1, 1, 1),
          new TaskEvent.AttemptFailed(1, 1, FAILURE, 30, 20),
          leased(1, 2, 2),
          new TaskEvent.Released(1, 2, "drained", 40),
          leased(1, 2, 3),
          completed(1, 3),
          leased(2, 1, 1),
          new TaskEvent.Died(2, 1, FAILURE, 60));

  private static final TaskId FIRST = new TaskId(PARTITION, 1);
  private static final int RESULT = Arrays.hashCode(new byte[0]);

  private static final Map<String, List<String>> ACKNOWLEDGED = Map.of("r1", List.of("3-1", "3-2"));

  @Test
  void aGoodHistoryPasses() {
    var checker = check(GOOD);

    assertThat(checker.violations()).isEmpty();
    assertThat(checker.missing(ACKNOWLEDGED)).isEmpty();
    assertThat(checker.unfinished()).isEmpty();
    assertThat(checker.summary())
        .isEqualTo("9 events, 2 tasks, 1 completed, 1 leased more than once");
  }

  @Test
  void anAcknowledgedSubmissionThatIsLostIsFound() {
    assertThat(check(List.of()).missing(ACKNOWLEDGED)).hasSize(1);
  }

  @Test
  void anAcknowledgedTaskThatIsLostIsFound() {
    assertThat(check(List.of(submission("r1", 1, 1))).missing(ACKNOWLEDGED)).hasSize(1);
  }

  @Test
  void aTaskThatDoesNotEndIsFound() {
    assertThat(check(GOOD.subList(0, 8)).unfinished()).containsExactly(new TaskId(PARTITION, 2));
  }

  @Test
  void aSecondCompletionIsFound() {
    assertThat(violations(after(6, completed(1, 3))))
        .containsExactly("3-1: Completed after its end");
  }

  @Test
  void anEndOfAnotherKindAfterTheEndIsFound() {
    assertThat(violations(after(8, new TaskEvent.Cancelled(2, "late", 70))))
        .containsExactly("3-2: Cancelled after its end");
  }

  @Test
  void aLeaseAfterTheEndIsFound() {
    assertThat(violations(after(6, leased(1, 3, 4)))).containsExactly("3-1: Leased after its end");
  }

  @Test
  void aSettlementUnderAnOldFenceIsFound() {
    assertThat(violations(instead(6, completed(1, 2))))
        .containsExactly("3-1: Completed under fence 2, expected 3");
  }

  @Test
  void aSettlementWithoutALeaseIsFound() {
    assertThat(violations(after(2, new TaskEvent.AttemptFailed(1, 1, FAILURE, 30, 21))))
        .containsExactly("3-1: AttemptFailed under fence 1, and no lease is open");
  }

  @Test
  void aLeaseWhileAnotherIsOpenIsFound() {
    assertThat(violations(without(2))).containsExactly("3-1: leased under fence 2 while 1 is open");
  }

  @Test
  void aFenceThatSkipsOneIsFound() {
    assertThat(violations(instead(7, leased(2, 1, 2), new TaskEvent.Died(2, 2, FAILURE, 60))))
        .contains("3-2: leased under fence 2 after 0");
  }

  @Test
  void anAttemptOverTheBoundIsFound() {
    var again = new ArrayList<>(GOOD.subList(0, 1));
    for (var attempt = 1; attempt <= 4; attempt++) {
      again.add(leased(1, attempt, attempt));
      again.add(new TaskEvent.AttemptFailed(1, attempt, FAILURE, 0, 20));
    }

    assertThat(violations(again))
        .contains("3-1: waits for another attempt after 3 of 3", "3-1: attempt 4 of at most 3");
  }

  @Test
  void aReleaseThatCountsAsAnAttemptIsFound() {
    assertThat(violations(instead(5, leased(1, 3, 3)))).containsExactly("3-1: attempt 3 after 1");
  }

  @Test
  void aLeaseBeforeItsTimeIsFound() {
    assertThat(violations(instead(2, new TaskEvent.AttemptFailed(1, 1, FAILURE, 99, 20))))
        .containsExactly(
            "3-1: leased 49 ms before it was due", "3-1: leased 49 ms before it was due");
  }

  @Test
  void anExpiryAfterAStartIsFound() {
    assertThat(violations(after(2, new TaskEvent.Expired(1, 25))))
        .contains("3-1: expired while queued, though 1 attempts started");
  }

  @Test
  void aTaskThatWasNeverSubmittedIsFound() {
    assertThat(violations(after(8, leased(7, 1, 1))))
        .containsExactly("3-7: Leased of a task that was never submitted");
  }

  @Test
  void aRequestThatSubmitsTwiceIsFound() {
    assertThat(violations(after(0, submission("r1", 3, 3))))
        .containsExactly("request r1: submitted [3-1, 3-2] and again [3-3]");
  }

  @Test
  void aNumberThatIsGivenTwiceIsFound() {
    assertThat(violations(after(0, submission("r2", 2, 2))))
        .containsExactly("3-2: submitted twice");
  }

  // ---- What was told, apart from the journal ----------------------------------------------------

  @Test
  void whatWasToldPassesThoughItIsAddedBeforeTheJournal() {
    assertThat(
            told(
                new Fact.SubmitCalled("r1", 2),
                new Fact.SubmitAnswered("r1", PARTITION, 1, 2),
                new Fact.Delivered("", FIRST, 3, Lane.NORMAL),
                new Fact.SettleAnswered(FIRST, 3, Outcome.COMPLETED, RESULT, true),
                new Fact.ReadAnswered("c", FIRST, TaskState.LEASED, 1, 0),
                new Fact.ReadAnswered("c", FIRST, TaskState.COMPLETED, 3, RESULT)))
        .isEmpty();
  }

  @Test
  void anAnswerToNobodysTaskIsFound() {
    assertThat(told(new Fact.SubmitAnswered("r1", PARTITION, 2, 2)))
        .containsExactly(Invariant.NO_LOST_ACK);
  }

  @Test
  void aSubmissionThatNobodyAskedForIsFound() {
    assertThat(told(new Fact.SubmitCalled("r2", 2))).containsExactly(Invariant.NO_GHOST);
    assertThat(told(new Fact.SubmitCalled("r1", 1))).containsExactly(Invariant.NO_GHOST);
  }

  @Test
  void aDeliveryWithoutALeaseIsFound() {
    assertThat(told(new Fact.Delivered("", FIRST, 4, Lane.NORMAL)))
        .containsExactly(Invariant.LEASES_ARE_STORED);
  }

  @Test
  void aSettlementThatWasAcceptedAndNotStoredIsFound() {
    assertThat(told(new Fact.SettleAnswered(FIRST, 2, Outcome.COMPLETED, RESULT, true)))
        .containsExactly(Invariant.SETTLEMENTS_AGREE);
  }

  @Test
  void anEndThatWasReadAndNotStoredIsFound() {
    assertThat(told(new Fact.ReadAnswered("c", FIRST, TaskState.DEAD, 3, 0)))
        .containsExactly(Invariant.ONE_END);
    assertThat(told(new Fact.ReadAnswered("c", FIRST, TaskState.COMPLETED, 3, RESULT + 1)))
        .containsExactly(Invariant.ONE_END);
  }

  @Test
  void aReaderThatGoesBackIsFound() {
    assertThat(
            told(
                new Fact.ReadAnswered("c", FIRST, TaskState.COMPLETED, 3, RESULT),
                new Fact.ReadAnswered("c", FIRST, TaskState.LEASED, 3, 0)))
        .containsExactly(Invariant.READS_GO_ON);
  }

  @Test
  void aFailureThatIsNotShownIsFoundWhateverCameAfterIt() {
    assertThat(
            told(
                new Fact.FailureRead(FIRST, TaskState.LEASED, 1, null),
                new Fact.FailureRead(FIRST, TaskState.WAITING, 1, FAILURE),
                new Fact.FailureRead(FIRST, TaskState.LEASED, 2, FAILURE),
                new Fact.FailureRead(FIRST, TaskState.READY, 2, FAILURE),
                new Fact.FailureRead(FIRST, TaskState.COMPLETED, 3, FAILURE)))
        .isEmpty();
    for (var state : List.of(TaskState.LEASED, TaskState.READY)) {
      assertThat(told(new Fact.FailureRead(FIRST, state, 2, null)))
          .containsExactly(Invariant.FAILURE_KEPT);
    }
    assertThat(told(new Fact.FailureRead(FIRST, TaskState.LEASED, 1, FAILURE)))
        .containsExactly(Invariant.FAILURE_KEPT);
  }

  @Test
  void aLeaseAfterTheQueueTimeoutIsFoundAlsoAfterAHandBack() {
    var expiring = List.of(submission("r1", 1, 1, 40), leased(1, 1, 1));
    assertThat(violations(expiring, 0)).containsExactly("3-1: leased 0 ms after its queue timeout");

    var handedBack =
        List.of(
            submission("r1", 1, 1, 41),
            leased(1, 1, 1),
            new TaskEvent.Released(1, 1, "drained", 50),
            new TaskEvent.Leased(1, 1, 2, "holder", "crane", 60, 90));
    assertThat(violations(handedBack, 0))
        .containsExactly("3-1: leased 9 ms after its queue timeout");
  }

  @Test
  void aLeaseAfterTheQueueTimeoutByAClockThatJumpedIsNone() {
    assertThat(violations(List.of(submission("r1", 1, 1, 40), leased(1, 1, 1)), -1)).isEmpty();
  }

  @Test
  void aTaskThatStartedDoesNotExpireWhileItWaitsForItsNextAttempt() {
    var started =
        List.of(
            submission("r1", 1, 1, 41),
            leased(1, 1, 1),
            new TaskEvent.AttemptFailed(1, 1, FAILURE, 55, 52),
            new TaskEvent.Leased(1, 2, 2, "holder", "crane", 60, 90));
    assertThat(violations(started, 0)).isEmpty();
  }

  @Test
  void anExpiryBeforeItsTimeIsFound() {
    assertThat(violations(List.of(submission("r1", 1, 1, 40), new TaskEvent.Expired(1, 49)), 0))
        .containsExactly("3-1: expired 1 ms too early");
  }

  @Test
  void aCancellationThatWasToldAndNotStoredIsFound() {
    assertThat(told(new Fact.CancelAnswered(FIRST))).containsExactly(Invariant.CANCEL_IS_FINAL);
  }

  @Test
  void anEpochThatIsGivenTwiceIsFound() {
    assertThat(told(new Fact.EpochOpened(1), new Fact.EpochOpened(2), new Fact.EpochOpened(2)))
        .containsExactly(Invariant.EPOCHS_GROW);
  }

  /** What is wrong with the good history beside what was told. */
  private static List<Invariant> told(Fact... facts) {
    var checker = Checker.ofJournal();
    List.of(facts).forEach(checker::add);
    GOOD.forEach(event -> checker.add(new Fact.Stored(PARTITION, event, Fact.UNKNOWN)));
    checker.end();
    return checker.violations().stream().map(Violation::invariant).toList();
  }

  // ---- Histories --------------------------------------------------------------------------------

  private static Checker check(List<PartitionEvent> history) {
    var checker = Checker.ofJournal();
    history.forEach(event -> checker.add(new Fact.Stored(PARTITION, event, Fact.UNKNOWN)));
    return checker;
  }

  private static List<String> violations(List<PartitionEvent> history) {
    return check(history).violations().stream().map(Violation::what).toList();
  }

  /** What is wrong with a history whose monotonic clock is the wall clock and {@code aheadMs}. */
  private static List<String> violations(List<? extends PartitionEvent> history, long aheadMs) {
    var checker = Checker.ofJournal();
    for (var event : history) {
      var atMs = event instanceof TaskEvent later ? later.atMs() + aheadMs : 10;
      checker.add(new Fact.Stored(PARTITION, event, TimeUnit.MILLISECONDS.toNanos(atMs)));
    }
    return checker.violations().stream().map(Violation::what).toList();
  }

  private static List<PartitionEvent> after(int index, PartitionEvent event) {
    var history = new ArrayList<>(GOOD);
    history.add(index + 1, event);
    return history;
  }

  private static List<PartitionEvent> without(int index) {
    var history = new ArrayList<>(GOOD);
    history.remove(index);
    return history;
  }

  @Test
  void aRunBesideTheFormerIsFound() {
    var history = List.<PartitionEvent>of(set(Overlap.SKIP), fired(2, 1_000), fired(3, 2_000));

    assertThat(check(history).violations())
        .extracting(Violation::invariant)
        .containsExactly(Invariant.OVERLAP_KEPT);
    assertThat(check(List.of(set(Overlap.PARALLEL), fired(2, 1_000), fired(3, 2_000))).violations())
        .isEmpty();
  }

  @Test
  void anInstantThatFiresTwiceIsFound() {
    var history = List.<PartitionEvent>of(set(Overlap.PARALLEL), fired(2, 1_000), fired(3, 1_000));

    assertThat(check(history).violations())
        .extracting(Violation::invariant)
        .containsExactly(Invariant.ONE_TASK_PER_INSTANT, Invariant.EVERY_INSTANT_ANSWERED);
  }

  @Test
  void anInstantThatIsPassedOverIsFound() {
    assertThat(check(List.of(set(Overlap.PARALLEL), fired(2, 2_000))).violations())
        .extracting(Violation::invariant)
        .containsExactly(Invariant.EVERY_INSTANT_ANSWERED);
  }

  /** Each second from the first on. */
  private static ScheduleEvent set(Overlap overlap) {
    var profile = submission("", 1, 1).tasks().get(0).spec().profile();
    var rule = new ScheduleRule.Interval(1_000, 0);
    var timing = new ScheduleTiming(rule, 0, 0, 0, 0, Missed.NONE, overlap);
    return new ScheduleEvent.Set(
        1, 1, new ScheduleDefinition("s", timing, profile, new byte[0]), 0, 0);
  }

  private static ScheduleEvent fired(long sequence, long plannedMs) {
    return new ScheduleEvent.Fired(
        1,
        ScheduleEvent.Cause.RULE,
        new long[] {plannedMs},
        sequence,
        0,
        plannedMs,
        0,
        "",
        plannedMs);
  }

  /** The good history with other events in the place of as many. */
  private static List<PartitionEvent> instead(int index, PartitionEvent... events) {
    var history = new ArrayList<>(GOOD);
    for (var i = 0; i < events.length; i++) {
      history.set(index + i, events[i]);
    }
    return history;
  }

  private static Submission submission(String requestId, long first, long last) {
    return submission(requestId, first, last, 0);
  }

  private static Submission submission(
      String requestId, long first, long last, long queueTimeoutMs) {
    var profile =
        new TaskProfile(
            new TaskClass("default", "echo", Lane.NORMAL, Priority.NORMAL),
            1000,
            queueTimeoutMs,
            new RetryPolicy(3, Duration.ZERO, Duration.ZERO, 1, 0),
            "");
    var tasks =
        LongStream.rangeClosed(first, last)
            .mapToObj(
                sequence ->
                    Task.Queued.entering(new Task.Spec(sequence, profile, new byte[0], 10), 10))
            .toList();
    return new Submission(requestId, 0, first, 10, tasks);
  }

  private static TaskEvent leased(long sequence, int attempt, long fence) {
    return new TaskEvent.Leased(sequence, attempt, fence, "holder", "crane", 50, 90);
  }

  private static TaskEvent completed(long sequence, long fence) {
    return new TaskEvent.Completed(sequence, fence, new byte[0], 55);
  }
}
