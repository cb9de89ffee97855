package io.reeve.domain.partition;

import static io.reeve.domain.partition.PartitionStory.NOON;
import static io.reeve.domain.partition.PartitionStory.profile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.reeve.domain.partition.DeadLetters.Answer;
import io.reeve.domain.partition.DeadLetters.Bounds;
import io.reeve.domain.partition.DeadLetters.Edits;
import io.reeve.domain.partition.PartitionStory.Start;
import io.reeve.domain.task.Disposal;
import io.reeve.domain.task.Redriven;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.RetryEdits;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeadLettersTest {

  private static final Bounds ROOMY = new Bounds(1_000, 1_000, 1 << 20);

  private PartitionStory story = new PartitionStory();

  @ParameterizedTest
  @EnumSource
  void aDeadTaskIsRedrivenOnce(Start start) {
    var dead = dies();
    story.stall(Duration.ofSeconds(5));

    var first = redrive(dead, Edits.NONE);
    story.start(start);
    var second = redrive(dead, Edits.NONE);

    assertThat(first).isEqualTo(new Answer.Done(dead + 1, false));
    assertThat(second).isEqualTo(new Answer.Done(dead + 1, true));
    var old = (Task.Dead) story.get(dead);
    assertThat(old.disposal()).isEqualTo(new Disposal(dead + 1, "anna", NOON + 55_000));
    assertThat(old.past().history().attempts()).hasSize(3);
    var next = (Task.Queued) story.get(dead + 1);
    assertThat(next.attempt()).isZero();
    assertThat(next.past().history().redriveOf()).isEqualTo(dead);
    assertThat(next.spec().bytes()).isEqualTo(old.spec().bytes());
    assertThat(next.spec().profile()).isEqualTo(old.spec().profile());
    assertThat(next.spec().submittedAtMs()).isEqualTo(story.now().wallMs());
    assertThat(story.state.ready()).isEqualTo(1);
    assertThat(openDead()).isEmpty();
    assertThat(story.submit(profile())).isEqualTo(dead + 2);
  }

  @ParameterizedTest
  @EnumSource
  void aRedrivenTaskMayDieAgainAndBeRedrivenAgain(Start start) {
    var dead = dies();
    redrive(dead, Edits.NONE);
    failAll(dead + 1);
    story.start(start);

    assertThat(openDead()).containsExactly(dead + 1);
    assertThat(redrive(dead + 1, Edits.NONE)).isEqualTo(new Answer.Done(dead + 2, false));
    assertThat(redrive(dead, Edits.NONE)).isEqualTo(new Answer.Done(dead + 1, true));
  }

  @ParameterizedTest
  @EnumSource
  void editsChangeTheNewTaskOnly(Start start) {
    var dead = dies();
    var edits = new Edits(new RetryEdits(1, null, null, 0, null, List.of("NO")), new byte[] {8, 9});
    redrive(dead, edits);
    story.start(start);

    var next = story.get(dead + 1).spec();
    assertThat(next.bytes()).containsExactly(1, 8, 9);
    assertThat(next.profile().retry().attemptsMax()).isEqualTo(1);
    assertThat(next.profile().retry().neverRetryCodes()).containsExactly("NO");
    assertThat(story.get(dead).spec().bytes()).containsExactly(1);
    assertThat(story.get(dead).spec().profile().retry().attemptsMax()).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource
  void aDeadTaskIsDiscardedOnce(Start start) {
    var dead = dies();

    var first = discard(dead);
    story.start(start);

    assertThat(first).isEqualTo(new Answer.Done(0, false));
    assertThat(discard(dead)).isEqualTo(new Answer.Done(0, true));
    assertThat(openDead()).isEmpty();
    assertThat(story.get(dead)).isInstanceOf(Task.Dead.class);
    assertThat(codeOf(redrive(dead, Edits.NONE))).isEqualTo(Rejection.Code.WRONG_STATE);
  }

  @Test
  void aRedrivenTaskIsNotDiscarded() {
    var dead = dies();
    redrive(dead, Edits.NONE);

    assertThat(codeOf(discard(dead))).isEqualTo(Rejection.Code.WRONG_STATE);
  }

  @Test
  void onlyDeadTasksAreRedriven() {
    var queued = story.submit(profile());

    assertThat(codeOf(redrive(queued, Edits.NONE))).isEqualTo(Rejection.Code.WRONG_STATE);
    assertThat(codeOf(redrive(99, Edits.NONE))).isEqualTo(Rejection.Code.UNKNOWN_TASK);
    assertThat(codeOf(discard(99))).isEqualTo(Rejection.Code.UNKNOWN_TASK);
  }

  @Test
  void aRedriveNeedsRoomAsASubmissionDoes() {
    story = new PartitionStory(limits(1, 1_000, 1 << 20));
    var dead = dies();
    story.submit(profile());

    assertThat(codeOf(redrive(dead, Edits.NONE))).isEqualTo(Rejection.Code.OVER_CAPACITY);
    assertThat(openDead()).containsExactly(dead);
  }

  /** Smaller bounds may forget a dead task before a replay comes to its redrive. */
  @Test
  void aReplayDoesNotNeedTheDeadTask() {
    var dead = dies();
    dies();
    redrive(dead, Edits.NONE);
    var before = story.get(dead + 2);

    var again = new PartitionState(limits(1_000, 1, 1 << 20));
    story.journal.forEach(again::replay);
    again.recovered(story.now());

    assertThat(again.get(dead)).isEqualTo(Task.Absent.TASK);
    assertThat(again.get(dead + 2)).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void thoseThatAPersonDecidedAboutAreForgottenFirst(Start start) {
    story = new PartitionStory(limits(1_000, 3, 1 << 20));
    var first = dies();
    var second = dies();
    var third = dies();
    discard(third);

    var fourth = dies();
    story.start(start);

    assertThat(openDead()).containsExactly(first, second, fourth);
    assertThat(story.get(third)).isEqualTo(Task.Absent.TASK);
    assertThat(story.state.dead().forgotten()).isZero();

    var fifth = dies();

    assertThat(openDead()).containsExactly(second, fourth, fifth);
    assertThat(story.state.dead().forgotten()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void theTimeOfADeadTaskEndsWhicheverWasDecidedAboutFirst(Start start) {
    var first = dies();
    story.stall(Duration.ofDays(13));
    var second = dies();
    discard(second);
    discard(first);
    story.start(start);
    assertThat(story.state.nextSweepInNanos(story.now())).isLessThan(Duration.ofDays(2).toNanos());

    story.stall(Duration.ofDays(2));
    story.batch(events -> {});

    assertThat(story.get(first)).isEqualTo(Task.Absent.TASK);
    assertThat(story.get(second)).isInstanceOf(Task.Dead.class);
    assertThat(story.state.dead().forgotten()).isZero();
  }

  @Test
  void completedTasksPushNoneOut() {
    var dead = dies();
    for (var i = 0; i < 2_000; i++) {
      var task = story.submit(profile());
      story.lease("h", 1);
      story.complete(task);
    }

    assertThat(openDead()).containsExactly(dead);
  }

  @Test
  void attemptsCountAsBytesOfLiveTasksAndOfDeadOnes() {
    var task = story.submit(profile());
    var fresh = story.state.liveBytes();
    story.lease("h", 1);

    assertThat(story.state.liveBytes()).isEqualTo(fresh);

    story.fail(task, "no");

    assertThat(story.state.liveBytes())
        .isEqualTo(fresh + story.get(task).past().attemptBytes())
        .isGreaterThan(fresh);
    story.state.cancel(task, "", story.now(), new ArrayList<>());
    assertThat(story.state.liveBytes()).isZero();
  }

  @Test
  void withoutRoomForItsAttemptsATaskGoesOnWithoutThem() {
    var budget = new LiveBudget(LiveBudget.SLAB, 2 * LiveBudget.SLAB, bytes -> {});
    var account = budget.open(0);
    var state = new PartitionState(PartitionStory.ROOMY, account);
    state.recovered(story.now());
    var out = new ArrayList<io.reeve.domain.task.PartitionEvent>();
    var large = new byte[(int) LiveBudget.SLAB - Limits.TASK_OVERHEAD - 50];
    state.submit(
        "", 0, List.of(new PartitionStory.NewTask(profile(), 0, 0, large)), story.now(), out);
    var grantee = new LeaseRules.Grantee("h", 1, "w");
    state.leases().lease(PartitionStory.MAIL, 1, grantee, story.now(), out);
    var failure =
        new io.reeve.domain.task.Failure(io.reeve.domain.task.FailureType.ERROR, "no", "");

    state
        .leases()
        .settle(
            "h",
            io.reeve.domain.task.Settlement.failed(1, 1, failure, false, 0),
            story.now(),
            () -> 0.5,
            out);

    assertThat(state.get(1)).isInstanceOf(Task.Queued.class);
    assertThat(state.get(1).past().failure()).isEqualTo(failure);
    assertThat(state.get(1).past().history().attempts()).isEmpty();
    // The room beyond the share stays free for a partition that starts.
    assertThatCode(() -> budget.open(1).hold(LiveBudget.SLAB)).doesNotThrowAnyException();
  }

  @Test
  void aWalkGoesOnWhereItStopped() {
    var all = List.of(dies(), dies(), dies(), dies(), dies());

    var first = next(0, DeadFilter.ALL, new Bounds(2, 1_000, 1 << 20));
    var second = next(first.next(), DeadFilter.ALL, new Bounds(1_000, 2, 1 << 20));
    var third = next(second.next(), DeadFilter.ALL, ROOMY);

    assertThat(numbers(first)).isEqualTo(all.subList(0, 2));
    assertThat(numbers(second)).isEqualTo(all.subList(2, 4));
    assertThat(numbers(third)).isEqualTo(all.subList(4, 5));
    assertThat(third.next()).isEqualTo(-1);
    assertThat(numbers(next(0, DeadFilter.ALL, new Bounds(9, 9, 2)))).hasSize(2);
  }

  @Test
  void aFilterTellsWhichAreMeant() {
    var first = dies();
    var diedAtMs = ((Task.Dead) story.get(first)).finishedAtMs();
    story.stall(Duration.ofSeconds(60));
    var second = dies();
    var group = DeadFilter.groupOf((Task.Dead) story.get(first)).fingerprint();

    assertThat(matching(new DeadFilter("default", "mail", "", group, 0, Long.MAX_VALUE)))
        .containsExactly(first, second);
    assertThat(matching(new DeadFilter("", "", "", 0, 0, diedAtMs))).containsExactly(first);
    assertThat(matching(new DeadFilter("", "", "", 0, diedAtMs + 1, Long.MAX_VALUE)))
        .containsExactly(second);
    assertThat(matching(new DeadFilter("other", "", "", 0, 0, Long.MAX_VALUE))).isEmpty();
    assertThat(matching(new DeadFilter("", "other", "", 0, 0, Long.MAX_VALUE))).isEmpty();
    assertThat(matching(new DeadFilter("", "", "other", 0, 0, Long.MAX_VALUE))).isEmpty();
    assertThat(matching(new DeadFilter("", "", "", group + 1, 0, Long.MAX_VALUE))).isEmpty();
  }

  @Test
  void theEventHasTheWholeNewTask() {
    var dead = dies();
    redrive(dead, Edits.NONE);

    assertThat(story.journal.get(story.journal.size() - 1))
        .isEqualTo(
            new Redriven(dead, (Task.Queued) story.get(dead + 1), "anna", story.now().wallMs()));
  }

  // ---- Steps

  private long dies() {
    var task = story.submit(profile());
    failAll(task);
    return task;
  }

  private void failAll(long task) {
    TaskProfile profile = story.get(task).spec().profile();
    for (var attempt = 1; attempt <= profile.retry().attemptsMax(); attempt++) {
      story.stall(Duration.ofSeconds(attempt == 1 ? 0 : attempt * 10L));
      story.lease("h", 1);
      story.fail(task, "order " + task + " not found");
    }
  }

  private Answer redrive(long sequence, Edits edits) {
    var answer = new Answer[1];
    story.batch(
        events ->
            answer[0] =
                story.state.dead().redrive(sequence, null, edits, "anna", story.now(), events));
    return answer[0];
  }

  private Answer discard(long sequence) {
    var answer = new Answer[1];
    story.batch(
        events -> answer[0] = story.state.dead().discard(sequence, "anna", story.now(), events));
    return answer[0];
  }

  private List<Long> openDead() {
    return matching(DeadFilter.ALL);
  }

  private List<Long> matching(DeadFilter filter) {
    return numbers(next(0, filter, ROOMY));
  }

  private DeadLetters.Step next(long after, DeadFilter filter, Bounds bounds) {
    return story.state.dead().next(after, filter, bounds);
  }

  private static List<Long> numbers(DeadLetters.Step step) {
    return step.matching().stream().map(task -> task.spec().sequence()).toList();
  }

  private static Rejection.Code codeOf(Answer answer) {
    return ((Answer.Refused) answer).reason().code();
  }

  private static Limits limits(int tasksMax, int deadMax, long deadBytes) {
    var roomy = PartitionStory.ROOMY;
    return new Limits(
        tasksMax,
        roomy.bytesMax(),
        roomy.finished(),
        new Limits.Kept(deadMax, deadBytes, roomy.dead().keptMs()),
        roomy.requests(),
        roomy.schedules(),
        roomy.uniqueKeys(),
        roomy.leaseNanos(),
        roomy.leaseAuditNanos(),
        roomy.ended());
  }
}
