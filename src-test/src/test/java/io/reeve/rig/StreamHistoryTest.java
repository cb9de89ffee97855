package io.reeve.rig;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.check.Fact;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Outcome;
import io.reeve.domain.task.TaskId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a worker noted is read run by run. */
class StreamHistoryTest {

  private static final TaskId ONE = new TaskId(3, 1);
  private static final TaskId TWO = new TaskId(3, 2);
  private static final Fact BEGAN = new Fact.SessionBegan("s", 10, 1, 2);
  private static final Fact GOT_ONE = new Fact.Delivered("s", ONE, 1, Lane.NORMAL);
  private static final Fact GOT_TWO = new Fact.Delivered("s", TWO, 4, Lane.NORMAL);
  private static final Fact STATED = new Fact.CreditStated("s", 10, 1, 1);
  private static final Fact ONE_DONE = new Fact.SettleAnswered(ONE, 1, Outcome.COMPLETED, -7, true);
  private static final Fact TWO_FAILED = new Fact.SettleAnswered(TWO, 4, Outcome.FAILED, 0, false);

  private Path file;
  private StreamHistory history;

  @BeforeEach
  void open(@TempDir Path directory) {
    file = directory.resolve("w1-1.stream");
    history = new StreamHistory(file);
  }

  private void write(String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void note(long atNanos, Fact... facts) throws IOException {
    for (var fact : facts) {
      write(StreamHistory.line(atNanos, fact));
    }
  }

  @Test
  void aWorkerThatNotedNothingToldNothing() {
    assertThat(history.of(0)).isEmpty();
  }

  @Test
  void whatWasNotedIsReadOnce() throws IOException {
    note(100, BEGAN, GOT_ONE, STATED, ONE_DONE, TWO_FAILED);

    assertThat(history.of(100)).containsExactly(BEGAN, GOT_ONE, STATED, ONE_DONE, TWO_FAILED);
    assertThat(history.of(100)).isEmpty();
  }

  @Test
  void aRunBeginsWithWhatItsSessionsHold() throws IOException {
    note(100, BEGAN, GOT_ONE, STATED);
    note(200, GOT_TWO);

    assertThat(history.of(200))
        .containsExactly(new Fact.SessionBegan("s", 10, 1, 3), STATED, GOT_TWO);

    note(300, STATED);
    assertThat(history.of(300))
        .containsExactly(new Fact.SessionBegan("s", 10, 1, 4), STATED, STATED);
  }

  @Test
  void answersForLeasesOfAnEarlierRunAreLeftOut() throws IOException {
    note(100, BEGAN, GOT_ONE);
    note(200, GOT_TWO, ONE_DONE, TWO_FAILED);

    assertThat(history.of(200)).doesNotContain(ONE_DONE).contains(TWO_FAILED);
  }

  @Test
  void halfALineIsReadOnceItIsWhole() throws IOException {
    var line = StreamHistory.line(100, BEGAN);
    write(line.substring(0, 5));

    assertThat(history.of(0)).isEmpty();

    write(line.substring(5));
    assertThat(history.of(0)).containsExactly(BEGAN);
  }
}
