package io.reeve.worker.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeTextTest {

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0 s",
    "PT0.000000001S, 1 ns",
    "PT0.1S, 100 ms",
    "PT1.5S, 1500 ms",
    "PT15S, 15 s",
    "PT90S, 90 s",
    "PT5M, 5 m",
    "PT1H, 1 h",
    "PT36H, 36 h",
    "P7D, 7 d",
    "PT-2S, -2 s",
    "P200000D, 17280000000 s",
  })
  void aTimeIsInTheLargestUnitThatDividesIt(Duration time, String expected) {
    assertThat(TimeText.of(time)).isEqualTo(expected);
  }
}
