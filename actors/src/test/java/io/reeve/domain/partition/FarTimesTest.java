package io.reeve.domain.partition;

import static io.reeve.domain.partition.PartitionStory.NOON;
import static io.reeve.domain.partition.PartitionStory.profile;
import static io.reeve.domain.partition.PartitionStory.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.TimeBounds;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every time that a submitter or a worker may give, at and beyond its bounds. */
class FarTimesTest {

  private static final long YEAR_2400 = Instant.parse("2400-01-01T00:00:00Z").toEpochMilli();
  private static final long YEAR_9999 = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

  private final PartitionStory story = new PartitionStory();

  @ParameterizedTest
  @ValueSource(
      longs = {
        9_223_372_036_854L, // the longest in milliseconds whose nanoseconds fit a long
        9_223_372_036_855L,
        9_240_048_000_000L, // 293 years
        86_400_000_000_000L, // 1,000,000 days
        315_576_000_000_000L, // the longest google.protobuf.Duration
        Long.MAX_VALUE
      })
  void aLongExecutionTimeoutDoesNotEndTheAttempt(long timeoutMs) {
    var task = story.submit(profile(timeoutMs, 0));
    story.lease("anna", 1);
    assertThat(nextSweep()).isPositive();
    story.pass(Duration.ofSeconds(1));
    assertThat(story.get(task)).isInstanceOf(Task.Leased.class);

    story.replay();
    story.pass(Duration.ofSeconds(1));

    assertThat(story.get(task)).isInstanceOf(Task.Leased.class);
    assertThat(nextSweep()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        9_223_372_036_855L,
        12_623_040_000_000L, // 400 years
        251_640_302_399_999L, // up to the end of 9999 from noon on
        315_576_000_000_000L,
        Long.MAX_VALUE
      })
  void aLongQueueTimeoutLetsTheTaskWait(long timeoutMs) {
    var task = story.submit(profile(300_000, timeoutMs));

    story.pass(Duration.ofSeconds(20));

    assertThat(state(task)).isEqualTo(TaskState.READY);
    assertThat(((Task.Queued) story.get(task)).expiresAtMs()).isBetween(NOON, YEAR_9999);
    assertThat(nextSweep()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(longs = {13_569_465_600_000L, 253_402_300_799_999L, Long.MAX_VALUE})
  void aTaskOfAFarYearWaitsAndThePartitionSleeps(long notBeforeMs) {
    assertThat(YEAR_2400).isEqualTo(13_569_465_600_000L);
    var task = story.submit(new PartitionStory.NewTask(profile(), notBeforeMs, 0, new byte[] {1}));

    story.pass(Duration.ofSeconds(20));

    assertThat(state(task)).isEqualTo(TaskState.WAITING);
    assertThat(((Task.Queued) story.get(task)).dueAtMs())
        .isEqualTo(Math.min(notBeforeMs, YEAR_9999));
    assertThat(nextSweep()).isGreaterThan(Duration.ofDays(70 * 365).toNanos());
  }

  @ParameterizedTest
  @ValueSource(longs = {315_576_000_000_000L, Long.MAX_VALUE})
  void aLongDelayWaits(long delayMs) {
    var task = story.submit(new PartitionStory.NewTask(profile(), 0, delayMs, new byte[] {1}));

    assertThat(state(task)).isEqualTo(TaskState.WAITING);
    assertThat(((Task.Queued) story.get(task)).dueAtMs()).isEqualTo(YEAR_9999);
    assertThat(nextSweep()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 1})
  void aTaskOfAPastInstantIsDueAtOnce(long notBeforeMs) {
    var task = story.submit(new PartitionStory.NewTask(profile(), notBeforeMs, 0, new byte[] {1}));

    assertThat(((Task.Queued) story.get(task)).dueAtMs()).isEqualTo(NOON);
  }

  @ParameterizedTest
  @ValueSource(longs = {315_576_000_000_000L, Long.MAX_VALUE})
  void aWorkerThatAsksForALongWaitGetsIt(long retryAfterMs) {
    var task = story.submit(profile());
    story.lease("anna", 1);

    story.settle(
        Settlement.failed(
            task, 1, new Failure(FailureType.ERROR, "later", ""), false, retryAfterMs));

    assertThat(state(task)).isEqualTo(TaskState.WAITING);
    assertThat(((Task.Queued) story.get(task)).dueAtMs()).isEqualTo(YEAR_9999);
    assertThat(nextSweep()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(longs = {315_576_000_000_000L, Long.MAX_VALUE})
  void finishedTasksThatAreKeptForEverAreKept(long keptMs) {
    var limits = PartitionStory.ROOMY;
    var forEver =
        new PartitionStory(
            new Limits(
                limits.tasksMax(),
                limits.bytesMax(),
                new Limits.Kept(10, 1 << 20, keptMs),
                new Limits.Kept(10, 1 << 20, keptMs),
                new Limits.Requests(1 << 20, 0, keptMs),
                limits.schedules(),
                limits.uniqueKeys(),
                TimeBounds.WAIT_MAX_NANOS,
                TimeBounds.WAIT_MAX_NANOS,
                new Limits.Ended(10, keptMs)));
    forEver.submit("r1", task(profile()));
    forEver.lease("anna", 1);
    assertThat(((Task.Leased) forEver.get(1)).expiresAtMs()).isBetween(NOON, YEAR_9999);
    forEver.complete(1);

    forEver.stall(Duration.ofDays(3650));
    forEver.batch(events -> {});

    assertThat(forEver.get(1)).isInstanceOf(Task.Completed.class);
    assertThat(forEver.submit("r1", task(profile())))
        .isEqualTo(new PartitionState.Answer.Taken(1, 1, NOON, true));
    assertThat(forEver.state.nextSweepInNanos(forEver.now())).isPositive();
  }

  private long nextSweep() {
    return story.state.nextSweepInNanos(story.now());
  }

  private TaskState state(long task) {
    return story.get(task).stateAt(story.now().wallMs());
  }
}
