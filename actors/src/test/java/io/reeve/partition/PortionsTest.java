package io.reeve.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PortionsTest {

  @Test
  void aPortionIsAsLargeAsMayBe() {
    assertThat(portions(4, 4, 3, 10, 1)).containsExactly(list(4, 4), list(3), list(10), list(1));
    assertThat(portions(4, 4, 2, 9)).containsExactly(list(4, 4, 2), list(9));
  }

  @Test
  void whatIsLargerAloneIsAPortionByItself() {
    assertThat(portions(1, 11, 1)).containsExactly(list(1), list(11), list(1));
    assertThat(portions(11)).containsExactly(list(11));
  }

  @Test
  void nothingIsOneEmptyPortion() {
    assertThat(portions()).containsExactly(list());
  }

  private static List<List<Integer>> portions(Integer... sizes) {
    return Portions.of(List.of(sizes), 10, size -> size);
  }

  private static List<Integer> list(Integer... sizes) {
    return List.of(sizes);
  }
}
