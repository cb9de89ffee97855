package io.reeve.domain.partition;

import static io.reeve.domain.partition.PartitionStory.profile;
import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.WriterStarted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No number is given twice, whatever copy of a journal a writer starts from. */
class StartsTest {

  private final PartitionStory story = new PartitionStory();

  @Test
  void aWriterCountsOnFromTheSecondsSince2026() {
    assertThat(started(1_767_225_600_000L, 1).firstSequence()).isEqualTo(1);
    assertThat(started(1_767_225_601_000L, 1).firstSequence()).isEqualTo(1L << 27);
    assertThat(started(1_767_225_600_000L + 10_999, 1).firstSequence()).isEqualTo(10L << 27);
  }

  @Test
  void aWriterNeverCountsBack() {
    assertThat(started(1_767_225_601_000L, 1L << 40).firstSequence()).isEqualTo(1L << 40);
    assertThat(started(0, 17).firstSequence()).isEqualTo(17);
  }

  @Test
  void theNumbersOf200YearsAreTaskIds() {
    var first = started(1_767_225_600_000L + 200L * 365 * 86_400_000, 1).firstSequence();

    assertThat(TaskId.parse("7-" + first)).contains(new TaskId(7, first));
  }

  @Test
  void startsAreNumberedOverReplayAndSnapshot() {
    story.takeOver();
    story.replay();
    story.takeOver();
    story.restore();
    story.takeOver();

    assertThat(story.state.snapshot().lastStart()).isNotNull();
    assertThat(starts()).extracting(WriterStarted::startNo).containsExactly(1L, 2L, 3L);
  }

  @Test
  void noNumberIsGivenTwiceAfterACopyWasRestored() {
    story.jumpTo(2027);
    var given = new HashSet<Long>();
    story.takeOver();
    assertThat(given.add(story.submit(profile()))).isTrue();
    var copy = List.copyOf(story.journal);

    for (var restore = 0; restore < 5; restore++) {
      for (var i = 0; i < 50; i++) {
        assertThat(given.add(story.submit(profile()))).isTrue();
      }
      story.stall(Duration.ofSeconds(1));
      story.journal.clear();
      story.journal.addAll(copy);
      story.replay();
      story.takeOver();
    }

    // Another time the journal is lost altogether.
    story.stall(Duration.ofSeconds(1));
    story.journal.clear();
    story.replay();
    story.takeOver();
    assertThat(given.add(story.submit(profile()))).isTrue();
  }

  @Test
  void tasksOfEarlierWritersLiveOn() {
    story.jumpTo(2027);
    var tasks = new ArrayList<Long>();
    for (var start = 0; start < 20; start++) {
      story.takeOver();
      tasks.add(story.submit(profile()));
      story.stall(Duration.ofDays(1));
      story.replay();
    }
    story.restore();

    var leased = story.lease("anna", 100);

    assertThat(leased).isNotNull();
    assertThat(leased).extracting(task -> task.spec().sequence()).isEqualTo(tasks);
    tasks.forEach(story::complete);
    assertThat(story.state.live()).isZero();
  }

  private List<WriterStarted> starts() {
    var starts = new ArrayList<WriterStarted>();
    for (PartitionEvent event : story.journal) {
      if (event instanceof WriterStarted started) {
        starts.add(started);
      }
    }
    return starts;
  }

  private static WriterStarted started(long nowMs, long nextSequence) {
    return WriterStarted.next(0, 7, nextSequence, nowMs);
  }
}
