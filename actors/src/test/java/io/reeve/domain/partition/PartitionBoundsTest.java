package io.reeve.domain.partition;

import static io.reeve.domain.partition.PartitionStory.LEASE;
import static io.reeve.domain.partition.PartitionStory.MAIL;
import static io.reeve.domain.partition.PartitionStory.NOON;
import static io.reeve.domain.partition.PartitionStory.ROOMY;
import static io.reeve.domain.partition.PartitionStory.profile;
import static io.reeve.domain.partition.PartitionStory.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.partition.PartitionStory.Start;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The bounds of a partition, each met exactly and exceeded by one. */
class PartitionBoundsTest {

  /** Of a task of the stories: its one byte, and what a task costs besides. */
  private static final long COST = 1 + Limits.TASK_OVERHEAD;

  private final PartitionStory story = new PartitionStory();

  // ---- Room

  @Test
  void asManyTasksLiveAsTheLimitSays() {
    var small = new PartitionStory(limits(3, 1 << 30));
    small.submit(profile());
    small.submit(profile());

    assertThat(refusal(small.submit("", task(profile()), task(profile()))))
        .isEqualTo(
            new Rejection(
                Rejection.Code.OVER_CAPACITY,
                "expected at most 3 live tasks in a partition, got 2 and 2 more"));
    small.submit(profile());
    assertThat(small.state.live()).isEqualTo(3);
  }

  @Test
  void asManyBytesLiveAsTheLimitSays() {
    var small = new PartitionStory(limits(100, 2 * COST));
    small.submit(profile());
    assertThat(small.state.liveBytes()).isEqualTo(COST);

    assertThat(refusal(small.submit("", task(profile()), task(profile()))))
        .isEqualTo(
            new Rejection(
                Rejection.Code.OVER_CAPACITY,
                "expected at most %d bytes of live tasks in a partition, got %d and %d more"
                    .formatted(2 * COST, COST, 2 * COST)));
    small.submit(profile());
    assertThat(small.state.liveBytes()).isEqualTo(2 * COST);
  }

  @Test
  void asManyDifferentSetsOfLabelsAreRequiredAsTheLimitSays() {
    for (var i = 0; i < NeedsBook.MAX; i++) {
      story.submit(needing("" + i));
    }
    story.submit(needing("7"));
    story.submit(profile());

    assertThat(refusal(story.submit("", task(needing("new")), task(needing("newer")))))
        .isEqualTo(
            new Rejection(
                Rejection.Code.TOO_MANY_CLASSES,
                "expected at most 256 different sets of required labels in a partition, got 256 and"
                    + " 2 more"));

    story.batch(events -> story.state.cancel(8, "enough", story.now(), events));
    assertThat(refusal(story.submit("", task(needing("new")))).code())
        .as("another live task requires the same")
        .isEqualTo(Rejection.Code.TOO_MANY_CLASSES);
    story.batch(events -> story.state.cancel(257, "enough", story.now(), events));
    assertThat(story.submit("", task(needing("new"))))
        .isInstanceOf(PartitionState.Answer.Taken.class);
  }

  private static TaskProfile needing(String zone) {
    var plain = profile();
    var of = plain.taskClass();
    return new TaskProfile(
        new TaskClass(
            of.queue(), of.kind(), of.lane(), of.priority(), Labels.of(Map.of("zone", zone))),
        plain.executionTimeoutMs(),
        plain.queueTimeoutMs(),
        plain.retry(),
        plain.tenant());
  }

  @Test
  void tasksForWhichTheHeapHasNoRoomAreRefused() {
    var budget = new LiveBudget(LiveBudget.SLAB, LiveBudget.SLAB, bytes -> {});
    assertThat(budget.share()).isEqualTo(LiveBudget.SLAB);
    var state = new PartitionState(ROOMY, budget.open(0));
    state.recovered(story.now());
    var half = new byte[(int) LiveBudget.SLAB / 2];
    var large = new PartitionStory.NewTask(profile(), 0, 0, half);
    var events = new ArrayList<PartitionEvent>();
    assertThat(state.submit("", 0, List.of(large), story.now(), events))
        .isInstanceOf(PartitionState.Answer.Taken.class);

    var answer = state.submit("", 0, List.of(large), story.now(), events);

    assertThat(refusal(answer))
        .isEqualTo(
            new Rejection(
                Rejection.Code.OVER_CAPACITY,
                "expected room for %d bytes of live tasks, got none: the heap of the partition's node"
                        .formatted(half.length + Limits.TASK_OVERHEAD)
                    + " is full"));
    state.cancel(1, "enough", story.now(), events);
    assertThat(state.submit("", 0, List.of(large), story.now(), events))
        .as("once there is room")
        .isInstanceOf(PartitionState.Answer.Taken.class);
  }

  @Test
  void finishedTasksMayHaveSoManyBytesAndDeadOnesAQuarterOfThem() {
    var limits = ROOMY.withFinishedBytesMax(100);

    assertThat(limits.finished().bytesMax()).isEqualTo(75);
    assertThat(limits.dead().bytesMax()).isEqualTo(25);
    assertThat(limits.tasksMax()).isEqualTo(ROOMY.tasksMax());
    assertThat(limits.withFinishedBytesMax(1 << 20).finished().bytesMax()).isEqualTo(75);
  }

  @Test
  void requestIdsGoWhenTheirTimeIsOver() {
    story.submit("first", task(profile()));
    story.stall(Duration.ofHours(1));
    story.submit("second", task(profile()));
    story.stall(Duration.ofHours(23));
    story.batch(events -> {});
    assertThat(story.state.snapshot().requests()).hasSize(2);

    story.stall(Duration.ofMillis(1));
    story.batch(events -> {});

    assertThat(story.state.snapshot().requests())
        .extracting(PartitionSnapshot.Request::requestId)
        .containsExactly("second");
  }

  // ---- Leases

  @Test
  void aLeaseShowsWhenItEnds() {
    story.submit(profile());

    var leased = story.lease("anna", 1);

    assertThat(leased)
        .singleElement()
        .extracting(Task.Leased::expiresAtMs)
        .isEqualTo(NOON + LEASE.toMillis());
  }

  @Test
  void onlyTheNewestSessionOfAHolderWithLeasesRenews() {
    assertThat(story.state.leases().renew("anna", 1, story.now())).isFalse();
    story.submit(profile());
    story.lease("anna", 1);

    assertThat(story.state.leases().renew("anna", 2, story.now())).isTrue();
    assertThat(story.state.leases().renew("anna", 1, story.now())).isFalse();
    story.pass(LEASE.plusSeconds(1));
    assertThat(story.state.leases().renew("anna", 2, story.now()))
        .as("of one that was silent for too long")
        .isFalse();
  }

  /** What an attempt had of its time before the restart counts. */
  @ParameterizedTest
  @EnumSource(Start.class)
  void anAttemptTimesOutAfterItsTimeWhateverStarts(Start start) {
    var task = story.submit(profile(60_000, 0));
    story.lease("anna", 1);
    work(Duration.ofSeconds(40));

    story.start(start);

    work(Duration.ofSeconds(19));
    assertThat(story.get(task)).isInstanceOf(Task.Leased.class);
    work(Duration.ofSeconds(1));
    assertThat(story.get(task)).isInstanceOf(Task.Queued.class);
    assertThat(story.journal).last().isInstanceOf(TaskEvent.AttemptFailed.class);
  }

  @Test
  void noMoreAttemptsTimeOutInABatchThanItMayHaveEvents() {
    for (var i = 0; i < 3; i++) {
      story.submit(profile(10_000, 0));
    }
    story.lease("anna", 3);
    story.stall(Duration.ofSeconds(10));

    assertThat(endOverdue(0)).isEmpty();
    assertThat(endOverdue(2)).hasSize(2);
    assertThat(endOverdue(2)).hasSize(1);
    assertThat(endOverdue(2)).isEmpty();
  }

  @Test
  void noMoreLeasesAreLostInABatchThanItMayHaveEvents() {
    for (var i = 0; i < 3; i++) {
      story.submit(profile());
    }
    story.lease("anna", 3);
    story.pass(LEASE.minusSeconds(1));
    story.stall(Duration.ofSeconds(1));

    assertThat(endOverdue(0)).isEmpty();
    assertThat(endOverdue(2)).hasSize(2);
    assertThat(endOverdue(2)).hasSize(1);
    assertThat(endOverdue(2)).isEmpty();
  }

  @Test
  void sessionsAreAskedForTheirLeasesWhileThereAreSome() {
    var leases = story.state.leases();
    assertThat(leases.auditDue(story.now())).isFalse();
    story.stall(Duration.ofHours(2));
    assertThat(leases.auditDue(story.now())).as("without a lease").isFalse();
    story.submit(profile());
    story.lease("anna", 1);
    assertThat(leases.auditDue(story.now())).isFalse();
    story.stall(Duration.ofHours(1).minusNanos(1));
    assertThat(leases.auditDue(story.now())).isFalse();

    story.stall(Duration.ofNanos(1));

    assertThat(leases.auditDue(story.now())).isTrue();
  }

  // ---- What is told

  @Test
  void theNextSweepIsWhenTheNextTaskIsDue() {
    assertThat(story.state.nextSweepInNanos(story.now())).isEqualTo(Long.MAX_VALUE);

    story.submit(new PartitionStory.NewTask(profile(), 0, 5_000, new byte[] {1}));

    assertThat(story.state.nextSweepInNanos(story.now()))
        .isEqualTo(Duration.ofSeconds(5).toNanos());
  }

  @Test
  void finishedTasksAreCounted() {
    var task = story.submit(profile());
    story.lease("anna", 1);
    assertThat(story.state.finishedTotal()).isZero();

    story.complete(task);

    assertThat(story.state.finishedTotal()).isEqualTo(1);
  }

  @Test
  void equalProfilesAreOneObject() {
    var known = story.state.intern(profile());

    assertThat(known).isEqualTo(profile());
    assertThat(story.state.intern(profile())).isSameAs(known);
  }

  @Test
  void aClassIsToldAgainWhenAsked() {
    story.submit(profile());
    assertThat(told()).containsExactly("1 of " + MAIL);
    assertThat(told()).isEmpty();

    story.state.restateReady(MAIL);

    assertThat(told()).containsExactly("1 of " + MAIL);
  }

  // ---- Words of the story

  private List<String> told() {
    var told = new ArrayList<String>();
    story.state.drainReadyChanges((taskClass, count, head) -> told.add(count + " of " + taskClass));
    return told;
  }

  /** The worker of the leases works, and beats. */
  private void work(Duration time) {
    for (var i = 0; i < time.toSeconds(); i++) {
      story.stall(Duration.ofSeconds(1));
      story.renew("anna");
    }
  }

  private List<PartitionEvent> endOverdue(int eventsMax) {
    var events = new ArrayList<PartitionEvent>();
    story
        .state
        .leases()
        .endOverdue(story.now(), () -> 0.5, (lease, reason) -> {}, eventsMax, events);
    return Collections.unmodifiableList(events);
  }

  private static Rejection refusal(PartitionState.Answer answer) {
    return ((PartitionState.Answer.Refused) answer).reason();
  }

  private static Limits limits(int tasksMax, long bytesMax) {
    return new Limits(
        tasksMax,
        bytesMax,
        ROOMY.finished(),
        ROOMY.dead(),
        ROOMY.requests(),
        ROOMY.schedules(),
        ROOMY.uniqueKeys(),
        ROOMY.leaseNanos(),
        ROOMY.leaseAuditNanos(),
        ROOMY.ended());
  }
}
