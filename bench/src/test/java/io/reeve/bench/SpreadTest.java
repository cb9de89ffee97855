package io.reeve.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {

  @Test
  void theMedianIsTheMiddleOne() {
    assertThat(Spread.of(List.of(5.0, 1.0, 9.0))).isEqualTo(new Spread(5, 1, 9));
    assertThat(Spread.of(List.of(1.0, 2.0, 3.0, 10.0))).isEqualTo(new Spread(2.5, 1, 10));
  }

  @Test
  void ofNothingThereIsNone() {
    assertThatThrownBy(() -> Spread.of(List.of()))
        .hasMessage("expected at least one value, got none");
  }
}
