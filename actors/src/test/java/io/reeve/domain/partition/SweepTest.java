package io.reeve.domain.partition;

import static io.reeve.domain.partition.PartitionStory.MAIL;
import static io.reeve.domain.partition.PartitionStory.NOON;
import static io.reeve.domain.partition.PartitionStory.ROOMY;
import static io.reeve.domain.partition.PartitionStory.profile;
import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskProfile;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A sweep that is cut off, since a row takes so many events only. */
class SweepTest {

  private final PartitionState state = new PartitionState(ROOMY);
  private final List<PartitionEvent> events = new ArrayList<>();

  @Test
  void tasksBecomeReadyThoughNotAllThatExpireFitIntoTheRow() {
    state.recovered(new Now(NOON, 0));
    var first = submit(profile(300_000, 60_000), 0);
    var second = submit(profile(300_000, 60_000), 0);
    var delayed = submit(profile(), 60_500);
    var ready = submit(profile(), 0);
    var later = new Now(NOON + 61_000, 61_000_000_000L);
    events.clear();

    state.sweep(later, 1, events);

    assertThat(events).hasSize(1);
    assertThat(state.ready(MAIL)).isEqualTo(3);
    assertThat(state.cancel(delayed, "not needed", later, events)).isNull();
    assertThat(state.ready(MAIL)).isEqualTo(2);
    state.sweep(later, 10, events);
    assertThat(state.get(first)).isInstanceOf(Task.Expired.class);
    assertThat(state.get(second)).isInstanceOf(Task.Expired.class);
    assertThat(state.ready(MAIL)).isEqualTo(1);
    var grantee = new LeaseRules.Grantee("anna", 1, "worker");
    assertThat(state.leases().lease(MAIL, 5, grantee, later, events))
        .extracting(task -> task.spec().sequence())
        .containsExactly(ready);
    assertThat(state.ready()).isZero();
  }

  @Test
  void aLeaseAddsNoMoreEventsThanItWasAskedForThoughManyTasksAreOverdue() {
    state.recovered(new Now(NOON, 0));
    for (var i = 0; i < 50; i++) {
      submit(profile(300_000, 60_000), 0);
    }
    var later = new Now(NOON + 61_000, 61_000_000_000L);
    events.clear();
    state.sweep(later, 10, events);
    var grantee = new LeaseRules.Grantee("anna", 1, "worker");

    assertThat(state.leases().lease(MAIL, 3, grantee, later, events)).isEmpty();

    assertThat(events).hasSize(13);
    assertThat(state.ready(MAIL)).isEqualTo(37);
  }

  private long submit(TaskProfile profile, long delayMs) {
    var task = new PartitionStory.NewTask(profile, 0, delayMs, new byte[] {1});
    var answer = state.submit("", 7, List.of(task), new Now(NOON, 0), events);
    return ((PartitionState.Answer.Taken) answer).firstSequence();
  }
}
