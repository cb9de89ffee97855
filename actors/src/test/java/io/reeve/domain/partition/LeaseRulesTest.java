package io.reeve.domain.partition;

import static io.reeve.domain.partition.PartitionStory.LEASE;
import static io.reeve.domain.partition.PartitionStory.MAIL;
import static io.reeve.domain.partition.PartitionStory.profile;
import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who holds a lease, who may end it, and what becomes of it when nobody does. */
class LeaseRulesTest {

  private final PartitionStory story = new PartitionStory();

  // ---- Sessions of one holder

  @Test
  void theSameSessionMayAttachAgain() {
    var task = leased("anna");

    assertThat(attach("anna", 1, task)).isEmpty();
    assertThat(attach("anna", 1, task)).isEmpty();
    assertThat(story.state.leases().sessionNo("anna")).isEqualTo(1);
  }

  @Test
  void anEarlierSessionMayNotAttach() {
    var task = leased("anna");
    attach("anna", 2, task);

    assertThat(attach("anna", 1, task)).isNull();
    assertThat(story.state.leases().sessionNo("anna")).isEqualTo(2);
  }

  @Test
  void aWorkerIsToldWhichLeasesItLost() {
    var kept = leased("anna");
    var other = leased("berta");

    assertThat(attach("anna", 2, kept, other, 99)).containsExactly(1, 2);
  }

  @Test
  void aLeaseThatTheNewSessionLacksIsReadyAgain() {
    var had = leased("anna");
    var lost = leased("anna");

    attach("anna", 2, had);

    assertThat(story.get(had)).isInstanceOf(Task.Leased.class);
    assertThat(story.get(lost)).isInstanceOf(Task.Queued.class);
    assertThat(story.get(lost).attempt()).isZero();
  }

  @Test
  void nothingIsLeasedToASessionThatALaterOneReplaced() {
    story.submit(profile());
    attach("anna", 2);

    assertThat(story.lease("anna", 1)).isNull();
    assertThat(story.state.ready(MAIL)).isEqualTo(1);
  }

  @Test
  void aHolderThatNobodyKnowsHasNoSession() {
    assertThat(story.state.leases().sessionNo("nobody")).isZero();
  }

  @Test
  void leasesAreToldInTheOrderOfTheirTasks() {
    var first = leased("anna");
    var second = leased("anna");
    leased("berta");

    assertThat(story.state.leases().leasesOf("anna"))
        .extracting(lease -> lease.spec().sequence())
        .containsExactly(first, second);
    assertThat(story.state.leases().leasesOf("nobody")).isEmpty();
  }

  // ---- The end of a holder

  @Test
  void anEarlierSessionDoesNotEndTheHolder() {
    var task = leased("anna");
    attach("anna", 2, task);

    end("anna", 1, true);

    assertThat(story.get(task)).isInstanceOf(Task.Leased.class);
  }

  @Test
  void theAttemptsOfALostWorkerCountAsLosses() {
    var task = leased("anna");

    end("anna", 1, true);

    assertThat(story.get(task)).isInstanceOf(Task.Queued.class);
    assertThat(story.get(task).attempt()).isZero();
    assertThat(story.get(task).past().losses()).isEqualTo(1);
    assertThat(holders()).isEmpty();
  }

  @Test
  void theAttemptsOfAWorkerThatLeftDoNotCount() {
    var task = leased("anna");

    end("anna", 1, false);

    assertThat(story.get(task)).isInstanceOf(Task.Queued.class);
    assertThat(story.get(task).attempt()).isZero();
    assertThat(holders()).isEmpty();
  }

  @Test
  void theEndOfAnUnknownHolderChangesNothing() {
    var task = leased("anna");

    end("nobody", 1, true);

    assertThat(story.get(task)).isInstanceOf(Task.Leased.class);
    assertThat(holders()).isEqualTo(Map.of("anna", 1));
  }

  // ---- Settlements

  @Test
  void onlyTheHolderSettles() {
    var task = leased("anna");
    var done = Settlement.completed(task, 1, new byte[] {2});

    var refusal = story.settle("berta", done);

    assertThat(refusal).isNotNull();
    assertThat(refusal.code()).isEqualTo(Rejection.Code.STALE_LEASE);
    assertThat(story.get(task)).isInstanceOf(Task.Leased.class);
    assertThat(story.settle("anna", done)).isNull();
  }

  @Test
  void aSettlementOfAnEarlierLeaseIsRefused() {
    var task = leased("anna");
    story.release(task);
    story.lease("anna", 1);

    var refusal = story.settle("anna", Settlement.completed(task, 1, new byte[] {2}));

    assertThat(refusal).isNotNull();
    assertThat(story.get(task)).isInstanceOf(Task.Leased.class);
  }

  @Test
  void aTaskThatEndedIsNotCancelled() {
    var task = leased("anna");
    story.complete(task);
    var refusals = new ArrayList<@Nullable Rejection>();

    story.batch(events -> refusals.add(story.state.cancel(task, "too late", story.now(), events)));

    assertThat(refusals.get(0)).isNotNull();
    assertThat(story.get(task).stateAt(0)).isEqualTo(TaskState.COMPLETED);
  }

  // ---- Time

  @Test
  void anAttemptTimesOutAtItsTimeoutAndItsSessionIsTold() {
    story.submit(profile(10_000, 0));
    story.lease("anna", 1);

    assertThat(endedAfter(Duration.ofMillis(9_999))).isEmpty();
    assertThat(endedAfter(Duration.ofMillis(1))).containsExactly(LeaseRules.Ended.TIMED_OUT);
  }

  @Test
  void aSilentHolderLosesItsLeasesAndItsSessionIsTold() {
    leased("anna");
    leased("anna");

    assertThat(endedAfter(LEASE.minusMillis(1))).isEmpty();
    assertThat(endedAfter(Duration.ofMillis(1)))
        .containsExactly(LeaseRules.Ended.LEASE_LOST, LeaseRules.Ended.LEASE_LOST);
    assertThat(holders()).isEmpty();
  }

  @Test
  void aPartitionWithoutLeasesWaitsForCommandsOnly() {
    var task = leased("anna");
    assertThat(story.state.nextSweepInNanos(story.now())).isBetween(1L, LEASE.toNanos());

    end("anna", 1, false);
    story.batch(events -> story.state.cancel(task, "enough", story.now(), events));

    // Only the finished task is left, which is forgotten later than any lease would end.
    assertThat(story.state.nextSweepInNanos(story.now())).isGreaterThan(LEASE.toNanos() * 10);
  }

  // ---- What the dispatcher hears

  @Test
  void aFailureWithoutWordsIsAnError() {
    var task = leased("anna");

    story.settle(Settlement.failed(task, 1, new Failure(FailureType.ERROR, "", ""), true, 0));

    var died = (TaskEvent.Died) story.journal.get(story.journal.size() - 1);
    assertThat(died.failure().type()).isEqualTo(FailureType.ERROR);
  }

  @Test
  void changedCountsAreToldOnceAndWrongOnesAgain() {
    story.submit(profile());
    assertThat(changes()).isEqualTo(Map.of(MAIL, 1));
    assertThat(changes()).isEmpty();

    story.state.restateReady(Map.of(MAIL, 5));

    assertThat(changes()).isEqualTo(Map.of(MAIL, 1));
    assertThat(story.state.ready()).isEqualTo(1);
  }

  // ---- Helpers

  private long leased(String holder) {
    var task = story.submit(profile());
    story.lease(holder, 1);
    return task;
  }

  /** Attaches with these leases, all under their first fence. */
  private @Nullable List<Integer> attach(String holder, int sessionNo, long... tasks) {
    var fences = new long[tasks.length];
    Arrays.fill(fences, 1);
    var lost = new ArrayList<@Nullable List<Integer>>();
    story.batch(
        events ->
            lost.add(
                story
                    .state
                    .leases()
                    .attach(holder, sessionNo, tasks, fences, story.now(), events)));
    return lost.get(0);
  }

  private void end(String holder, int sessionNo, boolean lost) {
    story.batch(events -> story.state.leases().end(holder, sessionNo, lost, story.now(), events));
  }

  private Map<String, Integer> holders() {
    var counts = new HashMap<String, Integer>();
    story.state.leases().forEachHolder(counts::put);
    return counts;
  }

  private Map<Object, Integer> changes() {
    var told = new HashMap<Object, Integer>();
    story.state.drainReadyChanges((taskClass, count, head) -> told.put(taskClass, count));
    return told;
  }

  /** Lets time pass, looking as often as a partition has to; gives the ends that were told. */
  private List<LeaseRules.Ended> endedAfter(Duration time) {
    var told = new ArrayList<LeaseRules.Ended>();
    var look = LEASE.dividedBy(8);
    for (var left = time; !left.isZero(); left = left.minus(min(left, look))) {
      story.stall(min(left, look));
      var events = new ArrayList<PartitionEvent>();
      story.state.sweep(story.now(), Integer.MAX_VALUE, events);
      story
          .state
          .leases()
          .endOverdue(
              story.now(),
              () -> 0.5,
              (lease, reason) -> told.add(reason),
              Integer.MAX_VALUE,
              events);
    }
    return told;
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
