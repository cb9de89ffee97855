package io.reeve.domain.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZonesTest {

  @ParameterizedTest
  @ValueSource(strings = {"Europe/Berlin", "UTC", "+05:30", "America/Argentina/Buenos_Aires"})
  void knowsIdsAndOffsets(String id) {
    assertThat(Zones.of(id).getId()).isEqualTo(id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"EST", "MST", "HST", "Mars/Olympus", "europe/berlin", ""})
  void refusesOthers(String id) {
    assertThatThrownBy(() -> Zones.of(id))
        .isInstanceOf(InvalidRuleException.class)
        .hasMessage("expected the id of a time zone, such as Europe/Berlin, got \"" + id + "\"");
  }
}
