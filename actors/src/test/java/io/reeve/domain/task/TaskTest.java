package io.reeve.domain.task;

import static io.reeve.domain.task.Rejection.Code.SETTLED_OTHERWISE;
import static io.reeve.domain.task.Rejection.Code.STALE_LEASE;
import static io.reeve.domain.task.Rejection.Code.UNKNOWN_TASK;
import static io.reeve.domain.task.Rejection.Code.WRONG_STATE;
import static io.reeve.domain.task.TaskSamples.DISK_FULL;
import static io.reeve.domain.task.TaskSamples.HOLDER;
import static io.reeve.domain.task.TaskSamples.LOST;
import static io.reeve.domain.task.TaskSamples.NOON;
import static io.reeve.domain.task.TaskSamples.NO_JITTER;
import static io.reeve.domain.task.TaskSamples.OTHER_RESULT;
import static io.reeve.domain.task.TaskSamples.QUEUE_TIMEOUT_MS;
import static io.reeve.domain.task.TaskSamples.RESULT;
import static io.reeve.domain.task.TaskSamples.SPEC;
import static io.reeve.domain.task.TaskSamples.WORKER;
import static io.reeve.domain.task.TaskSamples.after;
import static io.reeve.domain.task.TaskSamples.cancelled;
import static io.reeve.domain.task.TaskSamples.completed;
import static io.reeve.domain.task.TaskSamples.dead;
import static io.reeve.domain.task.TaskSamples.delayed;
import static io.reeve.domain.task.TaskSamples.eventOf;
import static io.reeve.domain.task.TaskSamples.expired;
import static io.reeve.domain.task.TaskSamples.failed;
import static io.reeve.domain.task.TaskSamples.lastAttempt;
import static io.reeve.domain.task.TaskSamples.leased;
import static io.reeve.domain.task.TaskSamples.lost;
import static io.reeve.domain.task.TaskSamples.onlyAttempt;
import static io.reeve.domain.task.TaskSamples.quarantined;
import static io.reeve.domain.task.TaskSamples.queued;
import static io.reeve.domain.task.TaskSamples.reasonOf;
import static io.reeve.domain.task.TaskSamples.released;
import static io.reeve.domain.task.TaskSamples.report;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The rules of one task. No actor, no clock: each test is a few calls on values. */
class TaskTest {

  /** Leased once, at noon. */
  private static final Past RUN = new Past(WORKER, NOON, null, 0, 0);

  private static Past failedBy(Failure failure, long atMs) {
    var attempt = new Attempt(1, WORKER, NOON, atMs, failure);
    return new Past(WORKER, NOON, failure, atMs, 1, new History(0, List.of(attempt)));
  }

  @Nested
  class WhenAbsent {

    @Test
    void anyReportIsRefusedAsUnknown() {
      var reason = reasonOf(Task.Absent.TASK.complete(1, RESULT, NOON));

      assertThat(reason.code()).isEqualTo(UNKNOWN_TASK);
      assertThat(reason.message()).isEqualTo("expected a known task, got none");
    }
  }

  @Nested
  class WhenQueued {

    @Test
    void leasingStartsTheFirstAttemptUnderTheFirstFence() {
      assertThat(eventOf(queued().lease(HOLDER, WORKER, NOON, NOON + 30_000)))
          .isEqualTo(new TaskEvent.Leased(7, 1, 1, HOLDER, WORKER, NOON, NOON + 30_000));
    }

    @Test
    void aDelayedTaskIsWaitingAndCannotBeLeasedBeforeItIsDue() {
      assertThat(delayed().stateAt(NOON + 4_999)).isEqualTo(TaskState.WAITING);
      assertThat(reasonOf(delayed().lease(HOLDER, WORKER, NOON + 4_999, NOON + 30_000)).code())
          .isEqualTo(WRONG_STATE);
    }

    @Test
    void aDelayedTaskIsReadyAndLeasableTheMomentItIsDue() {
      assertThat(delayed().stateAt(NOON + 5_000)).isEqualTo(TaskState.READY);
      assertThat(delayed().lease(HOLDER, WORKER, NOON + 5_000, NOON + 30_000))
          .isInstanceOf(TaskEvent.Leased.class);
    }

    @Test
    void itExpiresOnceItWaitedForItsWholeQueueTimeout() {
      assertThat(queued().expire(NOON + QUEUE_TIMEOUT_MS))
          .isEqualTo(new TaskEvent.Expired(7, NOON + QUEUE_TIMEOUT_MS));
      assertThat(reasonOf(queued().expire(NOON + QUEUE_TIMEOUT_MS - 1)).code())
          .isEqualTo(WRONG_STATE);
    }

    @Test
    void theQueueTimeoutCountsFromWhenItIsDue() {
      assertThat(delayed().expiresAtMs()).isEqualTo(NOON + 5_000 + QUEUE_TIMEOUT_MS);
    }

    @Test
    void aTaskThatWasStartedOnceNeverExpires() {
      var backingOff = (Task.Queued) failed(leased(queued()));

      assertThat(backingOff.expiresAtMs()).isEqualTo(Task.Queued.NEVER);
    }

    @Test
    void aLeaseThatWasHandedBackIsNoStart() {
      var handedBack = (Task.Queued) released(leased(queued()));

      assertThat(handedBack.expiresAtMs()).isEqualTo(NOON + QUEUE_TIMEOUT_MS);
      assertThat(expired(handedBack).stateAt(NOON)).isEqualTo(TaskState.EXPIRED);
    }

    @Test
    void aHandBackOfALaterAttemptDoesNotMakeItExpire() {
      var handedBack = (Task.Queued) released(leased(failed(leased(queued()))));

      assertThat(handedBack.expiresAtMs()).isEqualTo(Task.Queued.NEVER);
    }

    @Test
    void cancellingEndsItAtOnce() {
      assertThat(cancelled(queued()))
          .isEqualTo(new Task.Cancelled(SPEC, 0, 0, NOON, "not needed", Past.NONE, NOON + 20));
    }

    @Test
    void aReportWithoutALeaseIsRefused() {
      assertThat(reasonOf(queued().complete(0, RESULT, NOON)).code()).isEqualTo(STALE_LEASE);
      assertThat(reasonOf(queued().release(0, "draining", NOON)).code()).isEqualTo(STALE_LEASE);
    }
  }

  @Nested
  class WhenLeased {

    private final Task firstAttempt = leased(queued());

    @Test
    void completingKeepsResultAndWorker() {
      assertThat(completed(firstAttempt))
          .isEqualTo(new Task.Completed(SPEC, 1, 1, NOON, RESULT, RUN, NOON + 20));
    }

    @Test
    void failingWithAttemptsLeftWaitsOutTheBackoff() {
      assertThat(failed(firstAttempt))
          .isEqualTo(
              new Task.Queued(SPEC, 1, 1, NOON + 20 + 10_000, failedBy(DISK_FULL, NOON + 20)));
    }

    @Test
    void aWorkerMayAskForALongerWaitButNotForAShorterOne() {
      assertThat(retryAtMs(15_000)).isEqualTo(NOON + 15_000);
      assertThat(retryAtMs(1_000)).isEqualTo(NOON + 10_000);
    }

    @Test
    void theJitterIsDecidedOnceAndStored() {
      var event =
          eventOf(
              firstAttempt.fail(
                  1, new FailureReport(DISK_FULL, false, 0, Math.nextDown(1.0)), NOON));

      assertThat(event)
          .isEqualTo(new TaskEvent.AttemptFailed(7, 1, DISK_FULL, NOON + 12_000, NOON));
    }

    @Test
    void failingTheLastAttemptIsFinal() {
      assertThat(lastAttempt().fail(3, report(DISK_FULL), NOON))
          .isEqualTo(new TaskEvent.Died(7, 3, DISK_FULL, NOON));
    }

    @Test
    void failingForGoodIsFinalWhateverAttemptsAreLeft() {
      assertThat(firstAttempt.fail(1, new FailureReport(DISK_FULL, true, 0, NO_JITTER), NOON))
          .isEqualTo(new TaskEvent.Died(7, 1, DISK_FULL, NOON));
    }

    @Test
    void losingTheHolderCostsNoAttemptAndTheNextOneMayStartAtOnce() {
      var attempt = new Attempt(1, WORKER, NOON, NOON + 5, LOST);
      var history = new History(0, 1, List.of(attempt));

      assertThat(after(firstAttempt, firstAttempt.lose(1, LOST, LossRule.DEFAULT, NOON + 5)))
          .isEqualTo(
              new Task.Queued(
                  SPEC, 0, 1, NOON + 5, new Past(WORKER, NOON, LOST, NOON + 5, 1, history)));
      assertThat(lastAttempt().lose(3, LOST, LossRule.DEFAULT, NOON))
          .isInstanceOf(TaskEvent.Lost.class);
    }

    @Test
    void losingTheHolderOfTheOnlyAttemptIsFinal() {
      assertThat(onlyAttempt().lose(1, LOST, LossRule.DEFAULT, NOON))
          .isEqualTo(new TaskEvent.Died(7, 1, LOST, NOON));
    }

    @Test
    void aTaskWhoseHoldersAreLostAgainAndAgainRunsAloneAndThenIsPoison() {
      var once = (Task.Queued) lost(firstAttempt);
      assertThat(once.taskClass(LossRule.DEFAULT)).isEqualTo(SPEC.profile().taskClass());

      var twice = (Task.Queued) lost(leased(once));
      assertThat(twice.taskClass(LossRule.DEFAULT).quarantined()).isTrue();
      assertThat(twice.attempt()).isZero();

      assertThat(quarantined().lose(3, LOST, LossRule.DEFAULT, NOON))
          .isEqualTo(
              new TaskEvent.Died(
                  7,
                  3,
                  new Failure(
                      FailureType.POISON,
                      "its worker was lost under it 3 times, the last time since no heartbeat for 10"
                          + " s",
                      ""),
                  NOON));
    }

    @Test
    void anAttemptThatFailsWhileItsWorkerLivesClearsTheLosses() {
      var failed = (Task.Queued) failed(quarantined());

      assertThat(failed.past().losses()).isZero();
      assertThat(failed.taskClass(LossRule.DEFAULT).quarantined()).isFalse();
      assertThat(failed.past().history().attempts()).hasSize(3);
    }

    @Test
    void withoutQuarantineATaskIsPoisonAtTheBound() {
      var rule = new LossRule(2, false);
      var twice = leased(lost(firstAttempt));

      assertThat(((Task.Queued) lost(twice)).taskClass(rule).quarantined()).isFalse();
      assertThat(twice.lose(2, LOST, rule, NOON))
          .isInstanceOfSatisfying(
              TaskEvent.Died.class,
              died -> assertThat(died.failure().type()).isEqualTo(FailureType.POISON));
    }

    @Test
    void aTaskThatWasLostHasStartedAndDoesNotExpire() {
      assertThat(((Task.Queued) lost(firstAttempt)).expiresAtMs()).isEqualTo(Task.Queued.NEVER);
    }

    @Test
    void releasingGivesTheAttemptBackButNotTheFence() {
      var again = leased(released(firstAttempt));

      assertThat(again.attempt()).isEqualTo(1);
      assertThat(again.fence()).isEqualTo(2);
    }

    @Test
    void aReleasedTaskIsDueAtOnce() {
      assertThat(released(firstAttempt).stateAt(NOON + 20)).isEqualTo(TaskState.READY);
    }

    @Test
    void aWorkerThatLostItsLeaseCannotSettleTheNextOne() {
      var secondLease = leased(released(firstAttempt));

      assertThat(reasonOf(secondLease.complete(1, RESULT, NOON)).message())
          .isEqualTo("expected fence 2, got fence 1");
      assertThat(reasonOf(secondLease.complete(1, RESULT, NOON)).code()).isEqualTo(STALE_LEASE);
      assertThat(
              reasonOf(secondLease.fail(1, new FailureReport(DISK_FULL, true, 0, NO_JITTER), NOON))
                  .code())
          .isEqualTo(STALE_LEASE);
      assertThat(reasonOf(secondLease.lose(1, LOST, LossRule.DEFAULT, NOON)).code())
          .isEqualTo(STALE_LEASE);
      assertThat(reasonOf(secondLease.release(1, "draining", NOON)).code()).isEqualTo(STALE_LEASE);
    }

    @Test
    void aFenceThatWasNeverGivenIsRefused() {
      assertThat(reasonOf(firstAttempt.complete(2, RESULT, NOON)).code()).isEqualTo(STALE_LEASE);
    }

    @Test
    void itCannotBeLeasedASecondTime() {
      assertThat(reasonOf(firstAttempt.lease("holder-2", WORKER, NOON, NOON + 30_000)).message())
          .isEqualTo("expected a task that allows lease, got one that is leased");
    }

    @Test
    void cancellingEndsItAndRemembersWhoRanIt() {
      assertThat(cancelled(firstAttempt))
          .isEqualTo(new Task.Cancelled(SPEC, 1, 1, NOON, "not needed", RUN, NOON + 20));
    }

    private long retryAtMs(long askedMs) {
      var event =
          eventOf(
              firstAttempt.fail(1, new FailureReport(DISK_FULL, false, askedMs, NO_JITTER), NOON));
      return ((TaskEvent.AttemptFailed) event).retryAtMs();
    }
  }

  @Nested
  class WhenQueuedAgain {

    @Test
    void failingTwiceIsOneFailure() {
      assertThat(failed(leased(queued())).fail(1, report(DISK_FULL), NOON))
          .isEqualTo(Decision.Already.SO);
    }

    @Test
    void releasingTwiceIsOneRelease() {
      assertThat(released(leased(queued())).release(1, "draining", NOON))
          .isEqualTo(Decision.Already.SO);
    }

    @Test
    void aFailureAfterAReleaseIsStale() {
      assertThat(reasonOf(released(leased(queued())).fail(1, report(DISK_FULL), NOON)).code())
          .isEqualTo(STALE_LEASE);
    }

    @Test
    void aCompletionAfterTheWorkerWasLostIsStale() {
      var leased = leased(queued());
      var lost = after(leased, leased.lose(1, LOST, LossRule.DEFAULT, NOON));

      var reason = reasonOf(lost.complete(1, RESULT, NOON));

      assertThat(reason.code()).isEqualTo(STALE_LEASE);
      assertThat(reason.message())
          .isEqualTo("expected a leased task, got one that is queued; fence 1");
    }
  }

  @Nested
  class WhenItFailedBefore {

    private final Task failedOnce = failed(leased(queued()));
    private final Task again = leased(failedOnce);

    @Test
    void theFailureStaysWhateverFollows() {
      for (var later :
          List.of(
              again, completed(again), cancelled(again), released(again), cancelled(failedOnce))) {
        assertThat(later.past().failure()).as("%s", later).isEqualTo(DISK_FULL);
        assertThat(later.past().failedAtMs()).as("%s", later).isEqualTo(NOON + 20);
      }
    }

    @Test
    void aLaterFailureTakesItsPlace() {
      var lost = after(again, again.lose(2, LOST, LossRule.DEFAULT, NOON + 99));

      assertThat(lost.past().failure()).isEqualTo(LOST);
      assertThat(lost.past().failedAtMs()).isEqualTo(NOON + 99);
    }

    @Test
    void aHandBackIsNotTakenForTheFailureBefore() {
      var handedBack = released(again);

      assertThat(handedBack.release(2, "draining", NOON)).isEqualTo(Decision.Already.SO);
      assertThat(reasonOf(handedBack.fail(2, report(DISK_FULL), NOON)).code())
          .isEqualTo(STALE_LEASE);
    }

    @Test
    void aHandBackLeavesItDueAsItWas() {
      assertThat(released(leased(delayed())).dueAtMs()).isEqualTo(NOON + 5_000);
      assertThat(released(again).dueAtMs()).isEqualTo(failedOnce.dueAtMs());
    }

    @Test
    void whoHeldItLastIsKnown() {
      for (var later : List.of(failedOnce, again, released(again), completed(again), dead())) {
        assertThat(later.past().workerId()).as("%s", later).isEqualTo(WORKER);
        assertThat(later.past().leasedAtMs()).as("%s", later).isGreaterThanOrEqualTo(NOON);
      }
    }
  }

  @Nested
  class WhenCompleted {

    private final Task completed = completed(leased(queued()));

    @Test
    void completingTwiceIsOneCompletion() {
      assertThat(completed.complete(1, RESULT.clone(), NOON)).isEqualTo(Decision.Already.SO);
    }

    @Test
    void anotherResultIsRefused() {
      assertThat(reasonOf(completed.complete(1, OTHER_RESULT, NOON)).message())
          .isEqualTo("expected the first settlement of fence 1, got another; it is completed");
    }

    @Test
    void aLateFailureCannotReviveIt() {
      assertThat(reasonOf(completed.fail(1, report(DISK_FULL), NOON)).code())
          .isEqualTo(SETTLED_OTHERWISE);
    }

    @Test
    void itCannotBeCancelled() {
      assertThat(reasonOf(completed.cancel("too late", NOON)).code()).isEqualTo(WRONG_STATE);
    }
  }

  @Nested
  class WhenDead {

    @Test
    void dyingTwiceIsOneDeath() {
      assertThat(dead().fail(3, report(DISK_FULL), NOON)).isEqualTo(Decision.Already.SO);
    }

    @Test
    void aLateSuccessIsRefused() {
      assertThat(reasonOf(dead().complete(3, RESULT, NOON)).code()).isEqualTo(STALE_LEASE);
    }

    @Test
    void itKeepsTheLastFailureAndWhoRanIt() {
      var task = (Task.Dead) dead();

      assertThat(task.past().failure()).isEqualTo(DISK_FULL);
      assertThat(task.past().workerId()).isEqualTo(WORKER);
      assertThat(task.attempt()).isEqualTo(3);
    }
  }

  @Nested
  class WhenCancelled {

    private final Task cancelled = cancelled(leased(queued()));

    @Test
    void cancellingTwiceIsOneCancellation() {
      assertThat(cancelled.cancel("again", NOON)).isEqualTo(Decision.Already.SO);
    }

    @Test
    void whatTheWorkerReportsAfterwardsIsRefused() {
      assertThat(reasonOf(cancelled.complete(1, RESULT, NOON)).code()).isEqualTo(STALE_LEASE);
      assertThat(reasonOf(cancelled.fail(1, report(DISK_FULL), NOON)).code())
          .isEqualTo(STALE_LEASE);
    }
  }

  @Nested
  class WhenExpired {

    @Test
    void itCannotBeLeasedAnyMore() {
      var expired = expired(queued());

      assertThat(expired.stateAt(NOON)).isEqualTo(TaskState.EXPIRED);
      assertThat(reasonOf(expired.lease(HOLDER, WORKER, NOON, NOON + 1)).code())
          .isEqualTo(WRONG_STATE);
    }
  }
}
