package io.reeve.worker.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ReserveTest {

  @Test
  void holdsItsRuleForEveryCapacityAndPercentage() {
    for (int places = 1; places <= 64; places++) {
      for (int percent = 0; percent <= 100; percent++) {
        var reserve = Reserve.of(places, percent);
        var share = places * percent / 100;
        var named = places + " places at " + percent + " percent";
        assertThat(reserve).as(named).isBetween(0, places - 1);
        if (percent == 0 || places == 1) {
          assertThat(reserve).as(named).isZero();
        } else if (share == 0) {
          assertThat(reserve).as(named).isEqualTo(places < 4 ? 0 : 1);
        } else {
          assertThat(reserve).as(named).isEqualTo(Math.min(share, places - 1));
        }
      }
    }
  }

  @Test
  void growsWithThePercentage() {
    for (int places = 1; places <= 64; places++) {
      for (int percent = 1; percent <= 100; percent++) {
        assertThat(Reserve.of(places, percent))
            .isGreaterThanOrEqualTo(Reserve.of(places, percent - 1));
      }
    }
  }

  @Test
  void aSmallPoolGivesUpAPlaceOnlyForAWholeShare() {
    assertThat(Reserve.of(2, 25)).isZero();
    assertThat(Reserve.of(3, 25)).isZero();
    assertThat(Reserve.of(4, 25)).isEqualTo(1);
    assertThat(Reserve.of(2, 50)).isEqualTo(1);
    assertThat(Reserve.of(4, 1)).isEqualTo(1);
  }

  @Test
  void aPoolWithoutPlacesReservesNone() {
    assertThat(Reserve.of(0, 100)).isZero();
  }

  @Test
  void refusesWhatIsNoPercentage() {
    assertThatThrownBy(() -> Reserve.of(4, 101)).hasMessage("expected 0 to 100 percent, got 101");
    assertThatThrownBy(() -> Reserve.of(4, -1)).hasMessage("expected 0 to 100 percent, got -1");
    assertThatThrownBy(() -> Reserve.of(-1, 0)).hasMessage("expected at least 0 places, got -1");
  }
}
