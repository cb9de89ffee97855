package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

  @ParameterizedTest
  @CsvSource({
    "500ms,PT0.5S",
    "10s,PT10S",
    "1h30m,PT1H30M",
    "7d,PT168H",
    "1w,PT168H",
    "1 h,PT1H",
    "1h 30 m,PT1H30M",
    "1.5s,PT1.5S",
    "0,PT0S",
    "PT5M,PT5M"
  })
  void durationsAreReadAsPeopleWriteThem(String text, Duration expected) {
    assertThat(DurationText.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "s", "- 5s", "1 0s", "-5s", "5x", "PX", "1s2"})
  void whatIsNoDurationIsRefused(String text) {
    assertThatThrownBy(() -> DurationText.parse(text))
        .hasMessageStartingWith("expected a duration such as 500ms");
  }

  @Test
  void durationsAreShownWithWhatMatters() {
    assertThat(DurationText.of(Duration.ofMillis(42))).isEqualTo("42 ms");
    assertThat(DurationText.of(Duration.ofMillis(1234))).isEqualTo("1.2 s");
    assertThat(DurationText.of(Duration.ofSeconds(200))).isEqualTo("3 m 20 s");
    assertThat(DurationText.of(Duration.ofMinutes(302))).isEqualTo("5 h 2 m");
    assertThat(DurationText.of(Duration.ofHours(9 * 24 + 3))).isEqualTo("9 d 3 h");
  }
}
