package io.reeve.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.partition.DeadFilter;
import io.reeve.domain.partition.Limits;
import io.reeve.domain.partition.PartitionSnapshot;
import io.reeve.domain.partition.PartitionState;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.HolderEnded;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Past;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskProfile;
import java.time.Duration;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

class DeadDeskTest {

  private static final long DAY_MS = Duration.ofDays(1).toMillis();
  private static final Limits.Kept KEPT = new Limits.Kept(10_000, 1L << 30, DAY_MS);
  private static final Limits LIMITS =
      new Limits(
          10_000,
          1L << 30,
          KEPT,
          KEPT,
          new Limits.Requests(1L << 20, 1, DAY_MS),
          new Limits.Schedules(1, 1 << 20, 1),
          new Limits.UniqueKeys(1_000, 1 << 20, null),
          1,
          1,
          new Limits.Ended(1, 1));
  private static final TaskProfile MAIL =
      new TaskProfile(
          new TaskClass("default", "mail", Lane.NORMAL, Priority.NORMAL),
          0,
          0,
          new RetryPolicy(1, Duration.ZERO, Duration.ZERO, 1, 0),
          "");

  /** Messages without numbers are groups of their own, and each is some hundred bytes. */
  @Test
  void anAnswerHasABoundOfGroupsAndTheNextGoesOnBehindIt() {
    var state = new PartitionState(LIMITS);
    var tasks = new Task[DeadDesk.GROUPS_MAX + 2];
    for (var i = 0; i < tasks.length; i++) {
      // The task in the middle has a group that is known.
      tasks[i] = dead(i + 1, i == DeadDesk.GROUPS_MAX ? "a".repeat(5) : letters(i));
    }
    state.restore(
        new PartitionSnapshot(
            tasks.length + 1L, null, tasks, new PartitionSnapshot.Request[0], new HolderEnded[0]));

    var first = group(state, 0);
    var second = group(state, first.next());

    assertThat(first.groups()).hasSize(DeadDesk.GROUPS_MAX);
    assertThat(first.groups().get(0).count()).isEqualTo(2);
    assertThat(first.next()).isEqualTo(DeadDesk.GROUPS_MAX + 1L);
    assertThat(second.groups()).hasSize(1);
    assertThat(second.next()).isEqualTo(-1);
  }

  private static Clients.DeadGroups group(PartitionState state, long after) {
    var client = TestInbox.<Clients.Reply>create().getRef();
    return DeadDesk.group(
        new Clients.GroupDead(after, 10_000, DeadFilter.ALL, client), state.dead());
  }

  private static Task dead(long sequence, String message) {
    var failure = new Failure(FailureType.ERROR, message, "");
    return new Task.Dead(
        new Task.Spec(sequence, MAIL, new byte[1], 0), 1, 1, 0, new Past("w", 0, failure, 1, 1), 1);
  }

  /** A word of five letters that stands for the number. */
  private static String letters(int number) {
    var word = new StringBuilder();
    for (var rest = number; word.length() < 5; rest /= 26) {
      word.append((char) ('a' + rest % 26));
    }
    return word.toString();
  }
}
