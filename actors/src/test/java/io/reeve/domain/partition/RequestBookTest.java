package io.reeve.domain.partition;

import static io.reeve.domain.partition.PartitionStory.NOON;
import static io.reeve.domain.partition.PartitionStory.profile;
import static io.reeve.domain.partition.PartitionStory.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.partition.PartitionStory.Start;
import io.reeve.domain.task.Rejection;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the README promises of request ids. */
class RequestBookTest {

  private static final Duration KEPT_MIN = Duration.ofMinutes(1);
  private static final Duration KEPT = Duration.ofHours(24);
  private static final int ROOM = 10;

  private final PartitionStory story =
      new PartitionStory(
          new Limits(
              1_000,
              1 << 30,
              PartitionStory.ROOMY.finished(),
              PartitionStory.ROOMY.dead(),
              new Limits.Requests(
                  ROOM * RequestBook.cost("r-10"), KEPT_MIN.toMillis(), KEPT.toMillis()),
              PartitionStory.ROOMY.schedules(),
              PartitionStory.ROOMY.uniqueKeys(),
              PartitionStory.LEASE.toNanos(),
              Duration.ofHours(1).toNanos(),
              PartitionStory.ROOMY.ended()));

  @ParameterizedTest
  @EnumSource(Start.class)
  void anIdIsRememberedForItsWholeTimeWhileThereIsRoom(Start start) {
    submit(10);
    story.start(start);
    story.stall(KEPT.minusMillis(1));
    story.batch(events -> {});
    assertThat(submit(10)).isEqualTo(new PartitionState.Answer.Taken(1, 1, NOON, true));

    story.stall(Duration.ofMillis(1));

    assertThat(((PartitionState.Answer.Taken) submit(10)).already()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void withoutRoomAnIdThatIsYoungStaysAndANewOneIsRefused(Start start) {
    for (var i = 0; i < ROOM; i++) {
      submit(10 + i);
    }
    story.start(start);
    story.stall(KEPT_MIN.minusMillis(1));

    var refused = (PartitionState.Answer.Refused) submit(99);

    assertThat(refused.reason().code()).isEqualTo(Rejection.Code.OVERLOADED);
    assertThat(refused.reason().message())
        .isEqualTo(
            "expected request ids of the last 60 s within 1680 bytes in a partition, got more");
    assertThat(story.state.live()).isEqualTo(ROOM);
    for (var i = 0; i < ROOM; i++) {
      assertThat(((PartitionState.Answer.Taken) submit(10 + i)).already()).isTrue();
    }
    assertThat(story.submit("", task(profile()))).isInstanceOf(PartitionState.Answer.Taken.class);
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void withoutRoomTheOldestGoesOnceItHadItsLeastTime(Start start) {
    for (var i = 0; i < ROOM; i++) {
      submit(10 + i);
      story.stall(Duration.ofSeconds(1));
    }
    story.start(start);
    story.stall(KEPT_MIN.minusSeconds(ROOM));

    assertThat(((PartitionState.Answer.Taken) submit(99)).already()).isFalse();

    assertThat(((PartitionState.Answer.Taken) submit(11)).already()).isTrue();
    assertThat(story.state.snapshot().requests()).hasSize(ROOM);
    assertThat(story.state.snapshot().requests()[0].requestId()).isEqualTo("r-11");
  }

  private PartitionState.Answer submit(int id) {
    return story.submit("r-" + id, task(profile()));
  }
}
