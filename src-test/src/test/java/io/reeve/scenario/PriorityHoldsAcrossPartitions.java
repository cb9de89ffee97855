package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import io.reeve.client.TaskRequest;
import io.reeve.v1.Priority;
import io.reeve.v1.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Tasks of one queue wait in several partitions for the one slot that there is. They start by
 * priority, and in the order of their submission among equals, whatever their partition and kind.
 */
@Tag("slow")
class PriorityHoldsAcrossPartitions {

  private static final int TASKS = 40;
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final List<Priority> PRIORITIES =
      List.of(
          Priority.PRIORITY_LOW,
          Priority.PRIORITY_CRITICAL,
          Priority.PRIORITY_NORMAL,
          Priority.PRIORITY_HIGH);

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Test
  void oneSlotStartsThemInTheirOrder() {
    var node = fleet.node("reeve.partition.count=4");
    try (var client = node.client()) {
      var ids = new ArrayList<String>();
      for (var i = 0; i < TASKS; i++) {
        var kind = i % 3 == 0 ? "echo" : "sleep";
        var priority = PRIORITIES.get(i / 5 % PRIORITIES.size());
        ids.addAll(
            client
                .submit(TaskRequest.of(kind).payload("10ms").priority(priority).build())
                .taskIds());
      }

      fleet.worker(
          "heron",
          node,
          1,
          "reeve.worker.pool.prefetch=0",
          "reeve.worker.pool.urgent-percentage=0");
      var tasks = ids.stream().map(id -> client.awaitResult(id, SOON)).toList();

      var started = new ArrayList<>(tasks);
      started.sort(Comparator.comparing(task -> instant(task.getLeasedAt())));
      var expected = new ArrayList<>(tasks);
      expected.sort(
          Comparator.comparing((Task task) -> task.getSpec().getPriority())
              .reversed()
              .thenComparing(task -> instant(task.getSubmittedAt())));
      assertThat(lines(started)).isEqualTo(lines(expected));
      assertThat(ids.stream().map(id -> id.substring(0, id.indexOf('-'))).distinct())
          .as("partitions")
          .hasSizeGreaterThan(1);
    }
  }

  private static List<String> lines(List<Task> tasks) {
    return tasks.stream()
        .map(task -> task.getSpec().getPriority() + " " + instant(task.getSubmittedAt()))
        .toList();
  }

  private static Instant instant(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }
}
