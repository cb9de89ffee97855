package io.reeve.domain.partition;

import static io.reeve.domain.partition.PartitionStory.profile;
import static io.reeve.domain.partition.PartitionStory.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.partition.PartitionState.Answer;
import io.reeve.domain.partition.PartitionStory.Start;
import io.reeve.domain.task.OnCollision;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.UniqueClaim;
import io.reeve.domain.task.UniqueKey;
import io.reeve.domain.task.UniqueScope;
import io.reeve.domain.task.UniqueTaken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Of the tasks with one key, one holds it, as long as its scope says. */
class UniqueTasksTest {

  private static final Duration HOUR = Duration.ofHours(1);

  private PartitionStory story = new PartitionStory();

  // ---- How long a task holds its key

  @ParameterizedTest
  @EnumSource
  void aTaskHoldsItsKeyWhileItWaits(Start start) {
    var first = added(claim(UniqueScope.WHILE_WAITING));
    story.start(start);

    assertThat(submit(claim(UniqueScope.WHILE_WAITING))).isEqualTo(met(first));
    story.lease("h", 1);
    story.start(start);
    var second = added(claim(UniqueScope.WHILE_WAITING));

    story.release(first);
    story.start(start);
    assertThat(submit(claim(UniqueScope.WHILE_WAITING)))
        .as("a lease that is handed back does not take the key again")
        .isEqualTo(met(second));
  }

  @ParameterizedTest
  @EnumSource
  void aTaskHoldsItsKeyUntilItEnds(Start start) {
    var first = added(claim(UniqueScope.UNTIL_ENDED));
    story.lease("h", 1);
    story.fail(first, "no luck");
    story.start(start);

    assertThat(submit(claim(UniqueScope.UNTIL_ENDED))).isEqualTo(met(first));
    story.stall(Duration.ofMinutes(1));
    story.lease("h", 1);
    story.complete(first);
    story.start(start);

    assertThat(added(claim(UniqueScope.UNTIL_ENDED))).isEqualTo(first + 1);
  }

  @ParameterizedTest
  @EnumSource
  void aTaskHoldsItsKeyForAPeriodWhateverBecomesOfIt(Start start) {
    var first = added(claim(UniqueScope.FOR_PERIOD));
    story.batch(events -> story.state.cancel(first, "", story.now(), events));
    story.stall(HOUR.minusMillis(1));
    story.start(start);

    assertThat(submit(claim(UniqueScope.FOR_PERIOD))).isEqualTo(met(first));
    story.stall(Duration.ofMillis(1));
    story.start(start);

    assertThat(added(claim(UniqueScope.FOR_PERIOD))).isEqualTo(first + 1);
    assertThat(story.state.unique().size()).isEqualTo(1);
  }

  @Test
  void theEndOfAWaitFreesAKeyToo() {
    var claim = claim(UniqueScope.WHILE_WAITING);
    var first = addedWith(claim, new PartitionStory.NewTask(profile(1_000, 500), 0, 0, BYTES));
    story.stall(Duration.ofSeconds(1));
    story.batch(events -> {});

    assertThat(story.get(first)).isInstanceOf(Task.Expired.class);
    assertThat(story.state.unique().size()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"WHILE_WAITING", "UNTIL_ENDED"})
  void aTaskThatIsCancelledFreesItsKey(UniqueScope scope) {
    var first = added(claim(scope));
    story.batch(events -> story.state.cancel(first, "", story.now(), events));

    assertThat(added(claim(scope))).isEqualTo(first + 1);
  }

  @Test
  void aDelayedTaskHoldsItsKey() {
    var claim = claim(UniqueScope.WHILE_WAITING);
    var first = addedWith(claim, new PartitionStory.NewTask(profile(), 0, 60_000, BYTES));

    assertThat(submit(claim)).isEqualTo(met(first));
  }

  @Test
  void theScopeOfTheHolderCounts() {
    var first = added(claim(UniqueScope.WHILE_WAITING));

    assertThat(submit(claim(UniqueScope.FOR_PERIOD))).isEqualTo(met(first));
    story.lease("h", 1);

    assertThat(added(claim(UniqueScope.FOR_PERIOD))).isEqualTo(first + 1);
  }

  @Test
  void tenantsHaveKeysOfTheirOwn() {
    var one = new UniqueClaim(new UniqueKey("a", "bc"), UniqueScope.UNTIL_ENDED, 0, RETURN);
    var other = new UniqueClaim(new UniqueKey("ab", "c"), UniqueScope.UNTIL_ENDED, 0, RETURN);

    assertThat(added(other)).isEqualTo(added(one) - 1);
    assertThat(one.key().name()).isNotEqualTo(other.key().name());
  }

  // ---- Collisions

  @ParameterizedTest
  @EnumSource
  void aNewerTaskTakesThePlaceOfOneThatHasNotStarted(Start start) {
    for (var scope : UniqueScope.values()) {
      story = new PartitionStory();
      var first = added(claim(scope));
      story.start(start);
      var second = added(claim(scope, OnCollision.REPLACE));
      story.start(start);

      assertThat(story.get(first)).isInstanceOf(Task.Cancelled.class);
      assertThat(story.get(second)).isInstanceOf(Task.Queued.class);
      assertThat(submit(claim(scope))).isEqualTo(met(second));
      assertThat(story.state.unique().size()).isEqualTo(1);
    }
  }

  @Test
  void aLeaseThatIsHandedBackIsNoStart() {
    var first = added(claim(UniqueScope.UNTIL_ENDED));
    story.lease("h", 1);
    story.release(first);

    assertThat(added(claim(UniqueScope.UNTIL_ENDED, OnCollision.REPLACE))).isEqualTo(first + 1);
    assertThat(story.get(first)).isInstanceOf(Task.Cancelled.class);
  }

  @Test
  void oneThatHasStartedIsNotReplaced() {
    var first = added(claim(UniqueScope.UNTIL_ENDED));
    story.lease("h", 1);
    var replace = claim(UniqueScope.UNTIL_ENDED, OnCollision.REPLACE);

    assertThat(submit(replace)).isEqualTo(met(first));
    story.fail(first, "no luck");
    assertThat(submit(replace)).as("it waits for its next attempt").isEqualTo(met(first));
    assertThat(story.get(first)).isInstanceOf(Task.Queued.class);
  }

  @Test
  void aFullPartitionReplacesNothing() {
    story = new PartitionStory(limits(1, 1_000, 1 << 20));
    var first = added(claim(UniqueScope.UNTIL_ENDED));

    var answer = submit(claim(UniqueScope.UNTIL_ENDED, OnCollision.REPLACE));

    assertThat(codeOf(answer)).isEqualTo(Rejection.Code.OVER_CAPACITY);
    assertThat(story.get(first)).isInstanceOf(Task.Queued.class);
  }

  // ---- Request ids

  @ParameterizedTest
  @EnumSource
  void aRepeatGetsTheAnswerOfTheFirstCall(Start start) {
    var claim = claim(UniqueScope.UNTIL_ENDED);
    var made = (Answer.Taken) submit("r1", claim, true);
    var met = (Answer.Taken) submit("r2", claim, true);
    story.lease("h", 1);
    story.complete(made.firstSequence());
    story.start(start);
    story.stall(Duration.ofSeconds(1));

    assertThat(submit("r1", claim, true))
        .isEqualTo(new Answer.Taken(made.firstSequence(), 1, made.atMs(), true));
    assertThat(submit("r2", claim, true))
        .isEqualTo(new Answer.Taken(made.firstSequence(), 0, met.atMs(), true));
    assertThat(submit("r2", claim, false)).isEqualTo(submit("r2", claim, true));
    assertThat(added(claim)).as("the key is free all the same").isEqualTo(2);
  }

  @Test
  void aRefusalIsNotRemembered() {
    var first = added(claim(UniqueScope.UNTIL_ENDED));
    var refuse = claim(UniqueScope.UNTIL_ENDED, OnCollision.REFUSE);

    assertThat(submit("r1", refuse, true)).isEqualTo(met(first));
    story.lease("h", 1);
    story.complete(first);

    assertThat(((Answer.Taken) submit("r1", refuse, true)).firstSequence()).isEqualTo(first + 1);
  }

  @Test
  void aCollisionWithoutARequestIdStoresNothing() {
    added(claim(UniqueScope.UNTIL_ENDED));
    var events = story.journal.size();

    submit(claim(UniqueScope.UNTIL_ENDED));

    assertThat(story.journal).hasSize(events);
  }

  // ---- Earlier homes

  @Test
  void anEarlierHomeAddsNothingUnlessATaskHoldsTheKey() {
    var claim = claim(UniqueScope.UNTIL_ENDED);

    assertThat(answerTo("", claim, false, task(profile()))).isNull();
    var first = added(claim);
    assertThat(submit("", claim, false)).isEqualTo(met(first));
    assertThat(submit("", claim(UniqueScope.UNTIL_ENDED, OnCollision.REPLACE), false))
        .isEqualTo(new Answer.Taken(first + 1, 1, story.now().wallMs(), false));
  }

  // ---- Redrive

  @ParameterizedTest
  @EnumSource
  void aRedrivenTaskTakesItsKeyAgain(Start start) {
    for (var scope : UniqueScope.values()) {
      story = new PartitionStory();
      var dead = dies(claim(scope));
      var redriven = (DeadLetters.Answer.Done) redrive(dead, claim(scope));
      story.start(start);

      assertThat(submit(claim(scope))).isEqualTo(met(redriven.redrivenAs()));
      assertThat(redrive(dead, claim(scope)))
          .isEqualTo(new DeadLetters.Answer.Done(redriven.redrivenAs(), true));
    }
  }

  @Test
  void aDeadTaskStaysDeadWhileAnotherHoldsItsKey() {
    var claim = claim(UniqueScope.UNTIL_ENDED);
    var dead = dies(claim);
    var second = added(claim);

    assertThat(redrive(dead, claim)).isEqualTo(new DeadLetters.Answer.KeyHeld(second));
    assertThat(story.state.dead().open()).isEqualTo(1);
  }

  @Test
  void aDeadTaskStaysDeadWhileItsKeyFindsNoRoom() {
    story = new PartitionStory(limits(1_000, 1, 1_000));
    var dead = dies(claim(UniqueScope.UNTIL_ENDED));
    added(new UniqueClaim(new UniqueKey("", "other"), UniqueScope.UNTIL_ENDED, 0, RETURN));

    assertThat(redrive(dead, claim(UniqueScope.UNTIL_ENDED)))
        .isInstanceOf(DeadLetters.Answer.KeptByKey.class);
    assertThat(story.state.dead().open()).isEqualTo(1);
  }

  // ---- Bounds

  /**
   * What an end gives back may not come again: here another partition holds more than the share of
   * submissions since it recovered. So the new task takes its room before the other one ends.
   */
  @Test
  void aReplacementKeepsTheRoomThatItWasGiven() {
    var budget = new LiveBudget(6 * LiveBudget.SLAB, 40 * LiveBudget.SLAB, bytes -> {});
    var state = new PartitionState(PartitionStory.ROOMY, budget.open(0));
    state.recovered(story.now());
    var events = new ArrayList<PartitionEvent>();
    var replace = claim(UniqueScope.UNTIL_ENDED, OnCollision.REPLACE);
    state.unique().submit("", 7, large(3.2), replace, true, story.now(), events);
    state.submit("", 7, List.of(large(1.7)), story.now(), events);
    state.cancel(2, "", story.now(), events);
    budget.open(1).hold(15 * LiveBudget.SLAB);

    var answer = state.unique().submit("", 7, large(1.5), replace, true, story.now(), events);

    assertThat(answer).isEqualTo(new Answer.Taken(3, 1, story.now().wallMs(), false));
    assertThat(state.get(1)).isInstanceOf(Task.Cancelled.class);
  }

  private static PartitionStory.NewTask large(double slabs) {
    return new PartitionStory.NewTask(profile(), 0, 0, new byte[(int) (slabs * LiveBudget.SLAB)]);
  }

  @Test
  void aReplacementComesInBeforeTheOtherOneEnds() {
    added(claim(UniqueScope.UNTIL_ENDED));
    var stored = story.journal.size();
    added(claim(UniqueScope.UNTIL_ENDED, OnCollision.REPLACE));

    assertThat(story.journal.subList(stored, story.journal.size()))
        .extracting(Object::getClass)
        .containsExactly(Submission.class, TaskEvent.Cancelled.class, UniqueTaken.class);
  }

  @ParameterizedTest
  @CsvSource({"1, 1000000", "1000, 700"})
  void aKeyWithoutRoomIsRefused(int max, long bytesMax) {
    story = new PartitionStory(limits(1_000, max, bytesMax));
    var claim = claim(UniqueScope.UNTIL_ENDED);
    var other = new UniqueClaim(new UniqueKey("", "x".repeat(20)), claim.scope(), 0, RETURN);
    var first = added(claim);

    assertThat(codeOf(submit(other))).isEqualTo(Rejection.Code.OVER_CAPACITY);
    assertThat(submit(claim)).as("a held key needs no room").isEqualTo(met(first));
    story.lease("h", 1);
    story.complete(first);

    assertThat(added(other)).isEqualTo(first + 1);
  }

  @Test
  void keysOfAPeriodGiveTheirRoomBackWhenItIsOver() {
    story = new PartitionStory(limits(1_000, 1, 1_000));
    added(claim(UniqueScope.FOR_PERIOD));
    story.stall(HOUR);

    added(new UniqueClaim(new UniqueKey("", "other"), UniqueScope.UNTIL_ENDED, 0, RETURN));

    assertThat(story.state.unique().size()).isEqualTo(1);
  }

  // ---- What the tests are made of

  private static final OnCollision RETURN = OnCollision.RETURN_FIRST;
  private static final byte[] BYTES = {1};

  private static UniqueClaim claim(UniqueScope scope) {
    return claim(scope, RETURN);
  }

  private static UniqueClaim claim(UniqueScope scope, OnCollision onCollision) {
    var period = scope == UniqueScope.FOR_PERIOD ? HOUR.toMillis() : 0;
    return new UniqueClaim(new UniqueKey("acme", "order-17"), scope, period, onCollision);
  }

  private Answer submit(UniqueClaim claim) {
    return submit("", claim, true);
  }

  private Answer submit(String requestId, UniqueClaim claim, boolean mayAdd) {
    return Objects.requireNonNull(answerTo(requestId, claim, mayAdd, task(profile())));
  }

  private @Nullable Answer answerTo(
      String requestId, UniqueClaim claim, boolean mayAdd, PartitionStory.NewTask task) {
    var answer = new ArrayList<@Nullable Answer>();
    story.batch(
        events ->
            answer.add(
                story
                    .state
                    .unique()
                    .submit(requestId, 7, task, claim, mayAdd, story.now(), events)));
    return answer.get(0);
  }

  private long added(UniqueClaim claim) {
    return addedWith(claim, task(profile()));
  }

  private long addedWith(UniqueClaim claim, PartitionStory.NewTask task) {
    var taken = (Answer.Taken) Objects.requireNonNull(answerTo("", claim, true, task));
    assertThat(taken.count()).isEqualTo(1);
    return taken.firstSequence();
  }

  private Answer met(long holder) {
    return new Answer.Taken(holder, 0, story.now().wallMs(), false);
  }

  private long dies(UniqueClaim claim) {
    var task = added(claim);
    for (var attempt = 1; attempt <= 3; attempt++) {
      story.stall(Duration.ofSeconds(attempt == 1 ? 0 : attempt * 10L));
      story.lease("h", 1);
      story.fail(task, "no luck");
    }
    return task;
  }

  private DeadLetters.Answer redrive(long sequence, UniqueClaim claim) {
    var answer = new DeadLetters.Answer[1];
    story.batch(
        events ->
            answer[0] =
                story
                    .state
                    .dead()
                    .redrive(sequence, claim, DeadLetters.Edits.NONE, "anna", story.now(), events));
    return answer[0];
  }

  private static Rejection.Code codeOf(Answer answer) {
    return ((Answer.Refused) answer).reason().code();
  }

  private static Limits limits(int tasksMax, int keysMax, long keysBytesMax) {
    var roomy = PartitionStory.ROOMY;
    return new Limits(
        tasksMax,
        roomy.bytesMax(),
        roomy.finished(),
        roomy.dead(),
        roomy.requests(),
        roomy.schedules(),
        new Limits.UniqueKeys(keysMax, keysBytesMax, null),
        roomy.leaseNanos(),
        roomy.leaseAuditNanos(),
        roomy.ended());
  }
}
