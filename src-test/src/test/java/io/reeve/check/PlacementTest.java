package io.reeve.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Tasks at workers that may not have them, and tasks that kill their workers, are found. */
class PlacementTest {

  private static final int PARTITION = 3;
  private static final TaskId FIRST = new TaskId(PARTITION, 1);

  @Test
  void aTaskThatKillsWorkersForEverIsFound() {
    var killer =
        List.<PartitionEvent>of(
            submission("", 1, 1, Labels.NONE),
            leased(1, 1, 1),
            lost(1, 1),
            leased(1, 1, 2),
            lost(1, 2),
            leased(1, 1, 3));
    var poison = new Failure(FailureType.POISON, "no luck", "");

    assertThat(check(then(killer, new TaskEvent.Died(1, 3, poison, 60))).violations()).isEmpty();
    assertThat(check(then(killer, lost(1, 3))).violations())
        .extracting(Violation::invariant)
        .containsExactly(Invariant.LOSSES_BOUND);
    assertThat(
            check(
                    then(
                        killer.subList(0, 4),
                        new TaskEvent.Died(
                            1, 2, new Failure(FailureType.POISON, "no luck", ""), 60)))
                .violations())
        .as("too early")
        .extracting(Violation::invariant)
        .containsExactly(Invariant.LOSSES_BOUND);
  }

  @Test
  void aTaskBesideOneInQuarantineIsFound() {
    var checker = Checker.ofEverything(0);
    checker.add(new Fact.SubmitCalled("r", 2));
    for (var event :
        List.of(
            submission("r", 1, 2, Labels.NONE),
            leased(1, 1, 1),
            lost(1, 1),
            leased(1, 1, 2),
            lost(1, 2),
            leased(1, 1, 3),
            leased(2, 1, 1))) {
      checker.add(new Fact.Stored(PARTITION, event, Fact.UNKNOWN));
    }
    checker.add(new Fact.DeliveredBeside(FIRST, 2, Map.of(new TaskId(PARTITION, 2), 1L)));
    assertThat(checker.violations()).isEmpty();

    checker.add(new Fact.DeliveredBeside(new TaskId(PARTITION, 2), 1, Map.of(FIRST, 3L)));

    assertThat(checker.violations())
        .extracting(Violation::invariant)
        .containsExactly(Invariant.QUARANTINE_ALONE);
  }

  private static TaskEvent lost(long sequence, long fence) {
    return new TaskEvent.Lost(
        sequence, fence, new Failure(FailureType.WORKER_LOST, "the worker was lost", ""), 50);
  }

  private static List<PartitionEvent> then(List<PartitionEvent> before, PartitionEvent event) {
    var history = new ArrayList<>(before);
    history.add(event);
    return history;
  }

  @Test
  void aWorkerThatLacksALabelIsFound() {
    var needs = Labels.of(Map.of("zone", "eu"));
    var history = List.<PartitionEvent>of(submission("", 1, 1, needs), leased(1, 1, 1));

    var checker = Checker.ofJournal();
    checker.add(new Fact.WorkerHas("crane", Labels.of(Map.of("zone", "us"))));
    history.forEach(event -> checker.add(new Fact.Stored(PARTITION, event, Fact.UNKNOWN)));

    assertThat(checker.violations())
        .extracting(Violation::invariant)
        .containsExactly(Invariant.LABELS_KEPT);
    assertThat(check(history).violations()).as("of a worker that nobody knows").isEmpty();
  }

  private static Checker check(List<PartitionEvent> history) {
    var checker = Checker.ofJournal();
    history.forEach(event -> checker.add(new Fact.Stored(PARTITION, event, Fact.UNKNOWN)));
    return checker;
  }

  private static Submission submission(String requestId, long first, long last, Labels needs) {
    var profile =
        new TaskProfile(
            new TaskClass("default", "echo", Lane.NORMAL, Priority.NORMAL, needs),
            1000,
            0,
            new RetryPolicy(3, Duration.ZERO, Duration.ZERO, 1, 0),
            "");
    var tasks =
        LongStream.rangeClosed(first, last)
            .mapToObj(
                sequence ->
                    Task.Queued.entering(new Task.Spec(sequence, profile, new byte[0], 10), 10))
            .toList();
    return new Submission(requestId, 0, first, 10, tasks);
  }

  private static TaskEvent leased(long sequence, int attempt, long fence) {
    return new TaskEvent.Leased(sequence, attempt, fence, "holder", "crane", 50, 90);
  }
}
