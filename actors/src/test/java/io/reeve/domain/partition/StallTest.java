package io.reeve.domain.partition;

import static io.reeve.domain.partition.PartitionStory.LEASE;
import static io.reeve.domain.partition.PartitionStory.profile;
import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskState;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A lease ends when its holder was silent for a whole lease time in which the partition listened.
 * What waits in the batch in hand was said in time.
 */
class StallTest {

  private static final Duration MOMENT = Duration.ofMillis(1);

  private final PartitionStory story = new PartitionStory();
  private long task;

  @BeforeEach
  void leaseOne() {
    task = story.submit(profile());
    story.lease("anna", 1);
  }

  @Test
  void aLeaseEndsAfterItsTimeWhenNobodyRenewsIt() {
    story.pass(LEASE.minus(MOMENT));
    assertThat(state()).isEqualTo(TaskState.LEASED);

    story.pass(MOMENT);

    assertThat(state()).isEqualTo(TaskState.READY);
    assertThat(story.get(task).past().losses()).isEqualTo(1);
  }

  @Test
  void aRenewalInTheBatchInHandCountsBeforeTheLeaseEnds() {
    story.pass(LEASE.minus(MOMENT));
    story.stall(MOMENT.multipliedBy(2));

    story.renew("anna");

    assertThat(state()).isEqualTo(TaskState.LEASED);
  }

  @Test
  void anAttachInTheBatchInHandCountsBeforeTheLeaseEnds() {
    story.pass(LEASE.minus(MOMENT));
    story.stall(MOMENT.multipliedBy(2));

    story.batch(
        events ->
            story
                .state
                .leases()
                .attach("anna", 2, new long[] {task}, new long[] {1}, story.now(), events));

    assertThat(state()).isEqualTo(TaskState.LEASED);
  }

  @Test
  void aSettlementInTheBatchInHandCountsBeforeTheLeaseEnds() {
    story.pass(LEASE.minus(MOMENT));
    story.stall(MOMENT.multipliedBy(2));

    story.complete(task);

    assertThat(state()).isEqualTo(TaskState.COMPLETED);
  }

  @Test
  void aSettlementInTheBatchInHandCountsBeforeTheAttemptTimesOut() {
    var brief = story.submit(profile(5_000, 0));
    story.lease("berta", 1);
    story.stall(Duration.ofSeconds(6));

    assertThat(story.settle("berta", Settlement.completed(brief, 1, new byte[0]))).isNull();

    assertThat(story.get(brief)).isInstanceOf(Task.Completed.class);
  }

  @Test
  void afterAStallRenewalsThatAreStillOnTheirWayCount() {
    story.stall(LEASE.multipliedBy(4));
    story.batch(events -> {});
    assertThat(state()).isEqualTo(TaskState.LEASED);

    story.stall(MOMENT);
    story.renew("anna");
    story.pass(LEASE.minus(MOMENT));

    assertThat(state()).isEqualTo(TaskState.LEASED);
  }

  @Test
  void aHolderThatStaysSilentAfterAStallLosesItsLeasesAFullLeaseTimeLater() {
    story.stall(LEASE.multipliedBy(4));
    story.batch(events -> {});

    story.pass(LEASE.minus(MOMENT));
    assertThat(state()).isEqualTo(TaskState.LEASED);
    story.pass(MOMENT);

    assertThat(state()).isEqualTo(TaskState.READY);
  }

  @Test
  void aPauseBelowHalfALeaseTimeIsNoStall() {
    story.pass(LEASE.minus(Duration.ofSeconds(10)));
    story.stall(LEASE.dividedBy(2).minus(MOMENT));
    story.batch(events -> {});

    assertThat(state()).isEqualTo(TaskState.READY);
  }

  private TaskState state() {
    return story.get(task).stateAt(story.now().wallMs());
  }
}
