package io.reeve.domain.partition;

import static io.reeve.domain.partition.PartitionStory.NOON;
import static io.reeve.domain.partition.PartitionStory.profile;
import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.partition.PartitionStory.Start;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskState;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A lease that is handed back unused leaves the task as if it had not been leased. */
class HandBackTest {

  private static final Duration QUEUE_TIMEOUT = Duration.ofSeconds(60);

  private final PartitionStory story = new PartitionStory();

  @ParameterizedTest
  @EnumSource(Start.class)
  void theQueueTimeoutGoesOn(Start start) {
    var task = story.submit(profile(300_000, QUEUE_TIMEOUT.toMillis()));
    story.pass(Duration.ofSeconds(10));
    story.lease("anna", 1);
    story.release(task);
    story.start(start);

    story.pass(QUEUE_TIMEOUT.minusSeconds(11));
    assertThat(state(task)).isEqualTo(TaskState.READY);
    story.pass(Duration.ofSeconds(1));

    assertThat(state(task)).isEqualTo(TaskState.EXPIRED);
  }

  @Test
  void aTaskThatIsHandedBackAfterItsQueueTimeoutIsNotLeasedInTheSameBatch() {
    var task = story.submit(profile(300_000, QUEUE_TIMEOUT.toMillis()));
    story.lease("anna", 1);
    var fence = story.get(task).fence();
    for (var waited = Duration.ZERO;
        waited.compareTo(QUEUE_TIMEOUT) < 0;
        waited = waited.plusSeconds(10)) {
      story.pass(Duration.ofSeconds(10));
      story.renew("anna");
    }

    story.batch(
        events -> {
          var released = Settlement.released(task, fence, "not now");
          story.state.leases().settle("anna", released, story.now(), () -> 0.5, events);
          assertThat(story.leaseIn("berta", 1, events)).isEmpty();
        });

    assertThat(state(task)).isEqualTo(TaskState.EXPIRED);
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void aStartedTaskDoesNotExpireAfterAHandBack(Start start) {
    var task = story.submit(profile(300_000, QUEUE_TIMEOUT.toMillis()));
    story.lease("anna", 1);
    story.fail(task, "no");
    story.pass(Duration.ofSeconds(10));
    story.lease("anna", 1);
    story.release(task);
    story.start(start);

    story.pass(QUEUE_TIMEOUT.multipliedBy(2));

    assertThat(state(task)).isEqualTo(TaskState.READY);
  }

  @ParameterizedTest
  @EnumSource(Start.class)
  void theLatestFailureAndItsTimeStay(Start start) {
    var task = story.submit(profile());
    story.lease("anna", 1);
    story.fail(task, "disk full");
    story.pass(Duration.ofSeconds(10));
    story.lease("berta", 1);
    story.release(task);
    story.start(start);

    var queued = (Task.Queued) story.get(task);
    assertThat(queued.dueAtMs()).isEqualTo(NOON + 10_000);
    assertThat(queued.past().workerId()).isEqualTo("worker of berta");
    assertThat(queued.past().leasedAtMs()).isEqualTo(NOON + 10_000);
    assertThat(queued.past().failure()).isNotNull();
    assertThat(queued.past().failedAtMs()).isEqualTo(NOON);
  }

  private TaskState state(long task) {
    return story.get(task).stateAt(story.now().wallMs());
  }
}
