package io.reeve.domain.task;

import static io.reeve.domain.task.TaskSamples.DISK_FULL;
import static io.reeve.domain.task.TaskSamples.HOLDER;
import static io.reeve.domain.task.TaskSamples.NOON;
import static io.reeve.domain.task.TaskSamples.RESULT;
import static io.reeve.domain.task.TaskSamples.WORKER;
import static io.reeve.domain.task.TaskSamples.queued;
import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.schedule.Missed;
import io.reeve.domain.schedule.Overlap;
import io.reeve.domain.schedule.ScheduleRule;
import io.reeve.domain.schedule.ScheduleTiming;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An event calls the method of a visitor that is for its kind, and hands on what that answers. */
class EventVisitorTest {

  static Stream<Arguments> events() {
    return Stream.of(
        Arguments.of("submitted", new Submission("", 0, 1, NOON, List.of(queued()))),
        Arguments.of("holderEnded", new HolderEnded(HOLDER, 1, NOON)),
        Arguments.of("writerStarted", new WriterStarted(1, 4711, 1, NOON)),
        Arguments.of(
            "uniqueTaken",
            new UniqueTaken(new UniqueKey("", "k"), 7, UniqueScope.UNTIL_ENDED, 0, NOON)),
        Arguments.of("uniqueMet", new UniqueMet("r", 1, 7, NOON)),
        Arguments.of("scheduleChanged", new ScheduleEvent.Resumed(7, NOON)),
        Arguments.of("rulesHeeded", RulesHeeded.NONE),
        Arguments.of("changed", new TaskEvent.Expired(7, NOON)));
  }

  static Stream<Arguments> taskEvents() {
    return Stream.of(
        Arguments.of("leased", new TaskEvent.Leased(7, 1, 1, HOLDER, WORKER, NOON, NOON + 1)),
        Arguments.of("completed", new TaskEvent.Completed(7, 1, RESULT, NOON)),
        Arguments.of("attemptFailed", new TaskEvent.AttemptFailed(7, 1, DISK_FULL, NOON + 1, NOON)),
        Arguments.of("lost", new TaskEvent.Lost(7, 1, DISK_FULL, NOON)),
        Arguments.of("died", new TaskEvent.Died(7, 1, DISK_FULL, NOON)),
        Arguments.of("released", new TaskEvent.Released(7, 1, "draining", NOON)),
        Arguments.of("cancelled", new TaskEvent.Cancelled(7, "not needed", NOON)),
        Arguments.of("expired", new TaskEvent.Expired(7, NOON)));
  }

  static Stream<Arguments> scheduleEvents() {
    var timing =
        new ScheduleTiming(new ScheduleRule.Dates(NOON), 0, 0, 0, 0, Missed.NONE, Overlap.PARALLEL);
    var definition = new ScheduleDefinition("s", timing, queued().spec().profile(), RESULT);
    return Stream.of(
        Arguments.of("set", new ScheduleEvent.Set(7, 1, definition, NOON, NOON)),
        Arguments.of("deleted", new ScheduleEvent.Deleted(7, NOON)),
        Arguments.of("paused", new ScheduleEvent.Paused(7, "full", "anna", NOON)),
        Arguments.of("resumed", new ScheduleEvent.Resumed(7, NOON)),
        Arguments.of(
            "fired",
            new ScheduleEvent.Fired(
                7, ScheduleEvent.Cause.RULE, new long[] {NOON}, 8, 0, NOON, 0, "", NOON)),
        Arguments.of("backfilled", new ScheduleEvent.Backfilled(7, "", 0, 0, 0, NOON)));
  }

  @ParameterizedTest
  @MethodSource("events")
  void anEventOfAPartition(String method, PartitionEvent event) {
    PartitionEvent.Visitor<?> visitor = called(PartitionEvent.Visitor.class);

    assertThat(event.<Object>accept(anyAnswer(visitor))).isEqualTo(new Called(method, event));
  }

  @ParameterizedTest
  @MethodSource("taskEvents")
  void anEventOfATask(String method, TaskEvent event) {
    TaskEvent.Visitor<?> visitor = called(TaskEvent.Visitor.class);

    assertThat(event.<Object>acceptKind(anyAnswer(visitor))).isEqualTo(new Called(method, event));
  }

  @ParameterizedTest
  @MethodSource("scheduleEvents")
  void anEventOfASchedule(String method, ScheduleEvent event) {
    ScheduleEvent.Visitor<?> visitor = called(ScheduleEvent.Visitor.class);

    assertThat(event.<Object>acceptKind(anyAnswer(visitor))).isEqualTo(new Called(method, event));
  }

  private record Called(String method, Object event) {}

  /** A visitor that answers with the method that was called, whatever methods there are. */
  private static <V> V called(Class<V> visitor) {
    return visitor.cast(
        Proxy.newProxyInstance(
            visitor.getClassLoader(),
            new Class<?>[] {visitor},
            (proxy, method, arguments) -> new Called(method.getName(), arguments[0])));
  }

  @SuppressWarnings("unchecked") // It answers a Called, which is an object.
  private static PartitionEvent.Visitor<Object> anyAnswer(PartitionEvent.Visitor<?> visitor) {
    return (PartitionEvent.Visitor<Object>) visitor;
  }

  @SuppressWarnings("unchecked") // As above.
  private static TaskEvent.Visitor<Object> anyAnswer(TaskEvent.Visitor<?> visitor) {
    return (TaskEvent.Visitor<Object>) visitor;
  }

  @SuppressWarnings("unchecked") // As above.
  private static ScheduleEvent.Visitor<Object> anyAnswer(ScheduleEvent.Visitor<?> visitor) {
    return (ScheduleEvent.Visitor<Object>) visitor;
  }
}
