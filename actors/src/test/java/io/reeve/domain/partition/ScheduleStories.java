package io.reeve.domain.partition;

import static io.reeve.domain.partition.PartitionStory.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.partition.ScheduleRules.Answer;
import io.reeve.domain.schedule.Missed;
import io.reeve.domain.schedule.Overlap;
import io.reeve.domain.schedule.ScheduleRule;
import io.reeve.domain.schedule.ScheduleTiming;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Schedule;
import io.reeve.domain.task.ScheduleDefinition;
import io.reeve.domain.task.ScheduleEvent;
import io.reeve.domain.task.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The schedule of stories about schedules, and what they ask of it. */
abstract class ScheduleStories {

  static final Duration MINUTE = Duration.ofMinutes(1);
  static final byte[] TEMPLATE = {10, 1, 'k'};

  final PartitionStory story = new PartitionStory();

  static ScheduleDefinition every(Duration interval, Missed missed, Overlap overlap) {
    var rule = new ScheduleRule.Interval(interval.toMillis(), NOON);
    var timing = new ScheduleTiming(rule, 0, 0, 0, 0, missed, overlap);
    return new ScheduleDefinition("s", timing, PartitionStory.profile(), TEMPLATE);
  }

  static ScheduleDefinition named(String name, byte[] template) {
    var timing = every(MINUTE, Missed.NONE, Overlap.SKIP).timing();
    return new ScheduleDefinition(name, timing, PartitionStory.profile(), template);
  }

  Answer.Done set(ScheduleDefinition definition) {
    return (Answer.Done) call(events -> set(definition, 0, true, events));
  }

  Answer set(
      ScheduleDefinition definition,
      long expectedVersion,
      boolean mayCreate,
      List<PartitionEvent> events) {
    return rules().set(definition, expectedVersion, mayCreate, now(), events);
  }

  Answer.Made trigger(String requestId) {
    return (Answer.Made) call(events -> rules().trigger("s", requestId, now(), events));
  }

  Schedule schedule() {
    return ((Answer.Done) rules().get("s")).schedule();
  }

  ScheduleRules rules() {
    return story.state.schedules();
  }

  Now now() {
    return story.now();
  }

  /** Tasks that the event made. */
  static int made(PartitionEvent event) {
    return event instanceof ScheduleEvent.Fired fired ? fired.plannedMs().length : 0;
  }

  Answer call(Function<List<PartitionEvent>, Answer> command) {
    var answer = new ArrayList<Answer>();
    story.batch(events -> answer.add(command.apply(events)));
    return answer.get(0);
  }

  Rejection refusal(Function<List<PartitionEvent>, Answer> command) {
    return ((Answer.Refused) call(command)).reason();
  }

  /** Events that a command made. */
  static int rows(Function<List<PartitionEvent>, Answer> command) {
    var events = new ArrayList<PartitionEvent>();
    assertThat(command.apply(events)).isNotInstanceOf(Answer.Refused.class);
    return events.size();
  }

  static long minute(int minute) {
    return NOON + minute * 60_000L;
  }

  List<Task> tasks() {
    var tasks = new ArrayList<Task>();
    story.state.forEachAfter(0, tasks::add);
    return tasks;
  }

  /** Planned instants of the runs by the rule, as stored. */
  List<Long> planned() {
    var planned = new ArrayList<Long>();
    for (var event : story.journal) {
      if (event instanceof ScheduleEvent.Fired fired && fired.cause() == ScheduleEvent.Cause.RULE) {
        for (var at : fired.plannedMs()) {
          planned.add(at);
        }
      }
    }
    return planned;
  }
}
