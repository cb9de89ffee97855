package io.reeve.domain.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveBudgetTest {

  private static final long MIB = LiveBudget.SLAB;

  private final List<Long> exhausted = new ArrayList<>();
  private final LiveBudget budget = new LiveBudget(4 * MIB, 6 * MIB, exhausted::add);

  @Test
  void partitionsShareTheRoomAndGiveItBack() {
    var one = budget.open(1);
    var two = budget.open(2);
    assertThat(one.fits(3 * MIB)).isTrue();
    assertThat(two.fits(MIB + 1)).isFalse();
    assertThat(two.fits(MIB)).isTrue();
    assertThat(budget.used()).isEqualTo(4 * MIB);

    one.shrink(MIB / 2);
    assertThat(budget.used()).isEqualTo(3 * MIB);
    assertThat(two.fits(2 * MIB)).isTrue();
    one.close();
    two.close();
    assertThat(budget.used()).isZero();
  }

  @Test
  void aRecoveryMayTakeMoreThanSubmissionsButNotMoreThanTheHeapHas() {
    var account = budget.open(1);
    account.hold(5 * MIB + 1);
    assertThat(budget.used()).isEqualTo(6 * MIB);
    assertThat(account.fits(6 * MIB + 1)).isFalse();

    assertThatThrownBy(() -> account.hold(6 * MIB + 1))
        .isInstanceOf(LiveBudget.ExhaustedException.class)
        .hasMessage(
            "expected the live tasks of all partitions here to fit into 6291456 bytes, got 7340032"
                + " or more");
    assertThat(exhausted).containsExactly(7 * MIB);
  }

  @Test
  void aPartitionThatStartsAgainBeginsWithNothing() {
    var before = budget.open(1);
    assertThat(before.fits(4 * MIB)).isTrue();

    var after = budget.open(1);

    assertThat(budget.used()).isZero();
    assertThat(before.fits(5 * MIB)).isFalse();
    assertThat(after.fits(4 * MIB)).isTrue();
    before.close();
    assertThat(budget.used()).isEqualTo(4 * MIB);
  }
}
