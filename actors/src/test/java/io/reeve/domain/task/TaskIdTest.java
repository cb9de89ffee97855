package io.reeve.domain.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text form of a task's name. */
class TaskIdTest {

  private static final long SEED = Long.getLong("seed", 42);

  @Test
  void itReadsAsPartitionAndSequence() {
    assertThat(new TaskId(3, 4711)).hasToString("3-4711");
    assertThat(TaskId.parse("3-4711")).contains(new TaskId(3, 4711));
    assertThat(TaskId.parse("0-1")).contains(new TaskId(0, 1));
    assertThat(TaskId.parse("65535-999999999999999999"))
        .contains(new TaskId(65_535, 999_999_999_999_999_999L));
  }

  @Test
  void anyIdComesBackFromItsText() {
    var random = new Random(SEED);
    for (var round = 0; round < 10_000; round++) {
      var id =
          new TaskId(
              random.nextInt(TaskId.PARTITIONS_MAX),
              random.nextLong(1, 1_000_000_000_000_000_000L));

      assertThat(TaskId.parse(id.toString())).describedAs("seed %d", SEED).contains(id);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "1",
        "1-",
        "-1",
        "1-0",
        "65536-1",
        "99999-1",
        "100000-1",
        "01-1",
        "1-01",
        "00-1",
        "1--1",
        "+1-1",
        "1-+1",
        "1-1 ",
        " 1-1",
        "1-1-1",
        "a-1",
        "1-a",
        "1-1000000000000000000",
        "1-9999999999999999999",
        "\u0661-1",
        "1-\uff11",
        "0x1-1",
        "1-1e3",
        "1_0-1",
        "1-1\u0000"
      })
  void anythingElseIsNoId(String text) {
    assertThat(TaskId.parse(text)).isEmpty();
  }

  @Test
  void anIdOutsideItsBoundsCannotBeMade() {
    assertThatThrownBy(() -> new TaskId(65_536, 1))
        .hasMessage("expected a partition of 0 to 65535 and a sequence from 1, got 65536 and 1");
    assertThatThrownBy(() -> new TaskId(-1, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TaskId(0, 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
