package io.reeve.domain.partition;

import static io.reeve.domain.partition.PartitionStory.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.partition.PartitionStory.Start;
import io.reeve.domain.schedule.Missed;
import io.reeve.domain.schedule.Overlap;
import io.reeve.domain.schedule.ScheduleRule;
import io.reeve.domain.task.ScheduleDefinition;
import io.reeve.domain.task.ScheduleEvent;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Schedules that clients, clocks and zones make trouble for. */
class ScheduleTroubleTest extends ScheduleStories {

  @ParameterizedTest
  @EnumSource(Start.class)
  void aZoneThatThisJavaDoesNotKnowStopsOneScheduleAndNoPartition(Start start) {
    set(named("other", TEMPLATE));
    var timing =
        every(MINUTE, Missed.ONCE, Overlap.SKIP)
            .timing()
            .withRule(ScheduleRule.taken("* * * * *", "Mars/Olympus"));
    var mars = new ScheduleDefinition("s", timing, PartitionStory.profile(), TEMPLATE);
    story.journal.add(new ScheduleEvent.Set(900, 1, mars, NOON, NOON));
    story.journal.add(new ScheduleEvent.Backfilled(900, "", minute(-5), NOON, 6, NOON));
    story.replay();
    story.start(start);
    story.pass(MINUTE);
    assertThat(planned()).as("by the other schedule").containsExactly(minute(1));
    assertThat(schedule().active()).isFalse();
    assertThat(schedule().backfill()).as("it goes on elsewhere").isNotNull();
    call(events -> rules().stopBackfill("s", now(), events));
    story.pass(Duration.ofHours(2));

    assertThat(schedule().definition()).as("not forgotten as ended").isEqualTo(mars);
    assertThat(trigger("").already()).isFalse();
    var why = "expected the id of a time zone, such as Europe/Berlin, got \"Mars/Olympus\"";
    assertThat(schedule().unknownBecause()).isEqualTo(why);
    assertThat(refusal(events -> rules().backfill("s", "", NOON, NOON, now(), events)).message())
        .isEqualTo(why + ", which the node of its partition lacks");
    call(events -> rules().delete("s", now(), events));
    assertThat(refusal(events -> set(mars, 0, true, events)).message()).startsWith(why);
  }
}
