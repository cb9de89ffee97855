package io.reeve.domain.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LabelsTest {

  private static final Labels BOTH = labels("zone", "eu", "disk", "ssd");

  @Test
  void labelsIncludeOthersWithTheSameValuesOnly() {
    assertThat(BOTH.include(Labels.NONE)).isTrue();
    assertThat(BOTH.include(labels("zone", "eu"))).isTrue();
    assertThat(BOTH.include(labels("disk", "ssd"))).isTrue();
    assertThat(BOTH.include(BOTH)).isTrue();
    assertThat(BOTH.include(labels("zone", "us"))).isFalse();
    assertThat(BOTH.include(labels("zone", "eu", "rack", "7"))).isFalse();
    assertThat(BOTH.include(labels("zone", "eu", "zoo", "eu"))).isFalse();
    assertThat(labels("zone", "eu").include(BOTH)).isFalse();
    assertThat(Labels.NONE.include(BOTH)).isFalse();
  }

  @Test
  void theOrderInWhichTheyComeDoesNotMatter() {
    assertThat(labels("disk", "ssd", "zone", "eu")).isEqualTo(BOTH).hasSameHashCodeAs(BOTH);
    assertThat(BOTH).hasToString("disk=ssd,zone=eu");
    assertThat(BOTH.names()).containsExactly("disk", "zone");
    assertThat(BOTH.asMap()).containsExactly(Map.entry("disk", "ssd"), Map.entry("zone", "eu"));
    assertThat(BOTH.letters()).isEqualTo(13);
  }

  @Test
  void onlyThoseWithANameStay() {
    assertThat(BOTH.only(List.of("zone", "rack"))).isEqualTo(labels("zone", "eu"));
    assertThat(BOTH.only(List.of("zone", "disk"))).isEqualTo(BOTH);
    assertThat(BOTH.only(List.of())).isEqualTo(Labels.NONE);
  }

  @Test
  void theFirstOnesThatFitStay() {
    assertThat(BOTH.first(1_000)).isEqualTo(BOTH);
    assertThat(BOTH.first(30)).isEqualTo(labels("disk", "ssd"));
    assertThat(BOTH.first(1)).isEqualTo(Labels.NONE);
  }

  @Test
  void theyAreAlikeInTheOrderOnlyIfTheyAreEqual() {
    // Aa and BB have one hash code.
    var different =
        List.of(Labels.NONE, BOTH, labels("Aa", "BB"), labels("BB", "Aa"), labels("Aa", "Aa"));

    assertThat(new TreeSet<>(different)).hasSameSizeAs(different);
    assertThat(BOTH).isEqualByComparingTo(labels("disk", "ssd", "zone", "eu"));
  }

  private static Labels labels(String... namesAndValues) {
    var labels = new LinkedHashMap<String, String>();
    for (var i = 0; i < namesAndValues.length; i += 2) {
      labels.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return Labels.of(labels);
  }
}
