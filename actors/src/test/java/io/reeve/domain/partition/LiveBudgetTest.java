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
  void whatAWriterHadStaysReservedWhileTheNextOneRecovers() {
    var account = budget.open(1);
    assertThat(account.fits(3 * MIB)).isTrue();
    account.writerStopped();
    account.recovers();
    account.hold(MIB);
    account.shrink(0);

    assertThat(budget.used()).isEqualTo(3 * MIB);
    assertThat(budget.open(2).fits(MIB + 1)).isFalse();
    account.hold(3 * MIB);
    account.recovered(3 * MIB);
    assertThat(budget.used()).isEqualTo(3 * MIB);
  }

  @Test
  void aRecoveryKeepsWhatIsLiveAtItsEndAndNotTheMostOnItsWay() {
    var account = budget.open(1);
    account.recovers();
    account.hold(5 * MIB);
    account.recovered(MIB);

    assertThat(budget.used()).isEqualTo(2 * MIB);
  }

  @Test
  void aRecoveryThatFailsGivesBackWhatItReplayed() {
    var account = budget.open(1);
    assertThat(account.fits(MIB)).isTrue();
    account.recovers();
    account.hold(5 * MIB);
    account.writerStopped();

    assertThat(budget.used()).isEqualTo(MIB);
  }

  @Test
  void ofRecoveriesThatAreShortOfRoomTogetherOneGivesWay() {
    var one = budget.open(1);
    var two = budget.open(2);
    one.recovers();
    two.recovers();
    one.hold(4 * MIB);

    assertThatThrownBy(() -> two.hold(3 * MIB))
        .isInstanceOf(LiveBudget.ExhaustedException.class)
        .hasMessageEndingWith("got 7340032 or more while several partitions recover");
    assertThat(exhausted).isEmpty();

    one.recovered(MIB);
    two.writerStopped();
    two.recovers();
    two.hold(3 * MIB);
    two.recovered(3 * MIB);
    assertThat(budget.used()).isEqualTo(5 * MIB);
  }

  @Test
  void aRecoveryThatNeverFitsIsToldThoughOthersRecover() {
    var one = budget.open(1);
    var two = budget.open(2);
    one.recovers();
    two.recovers();
    two.hold(2 * MIB);

    assertThatThrownBy(() -> one.hold(7 * MIB))
        .isInstanceOf(LiveBudget.ExhaustedException.class)
        .hasMessageEndingWith("got 7340032 or more");
    assertThat(exhausted).containsExactly(7 * MIB);
  }

  @Test
  void aRecoveryThatNeverFitsBesideOneThatRecoveredIsToldThoughAThirdRecovers() {
    var one = budget.open(1);
    var two = budget.open(2);
    var three = budget.open(3);
    one.recovers();
    one.recovered(4 * MIB);
    two.recovers();
    three.recovers();
    three.hold(MIB);

    assertThatThrownBy(() -> two.hold(2 * MIB))
        .hasMessageEndingWith("got 7340032 or more while several partitions recover");
    assertThat(exhausted).isEmpty();
    assertThatThrownBy(() -> two.hold(3 * MIB)).hasMessageEndingWith("got 7340032 or more");
    assertThat(exhausted).containsExactly(7 * MIB);
  }

  @Test
  void whatTheWriterBeforeHadDoesNotGiveWay() {
    var one = budget.open(1);
    var two = budget.open(2);
    assertThat(two.fits(2 * MIB)).isTrue();
    two.writerStopped();
    one.recovers();
    two.recovers();
    two.hold(4 * MIB);

    assertThatThrownBy(() -> one.hold(4 * MIB))
        .hasMessageEndingWith("got 8388608 or more while several partitions recover");
    assertThat(exhausted).isEmpty();
    assertThatThrownBy(() -> one.hold(5 * MIB)).hasMessageEndingWith("got 7340032 or more");
    assertThat(exhausted).containsExactly(7 * MIB);
  }

  @Test
  void muchFellWhereAReplayWouldNeedMoreThanTheRoomForRecoveries() {
    var account = budget.open(1);

    assertThat(account.fellMuch(3 * MIB, MIB + 1)).isFalse();
    assertThat(account.fellMuch(3 * MIB, MIB)).isTrue();
    budget.open(2);
    assertThat(account.fellMuch(3 * MIB, 2 * MIB)).isTrue();
    assertThat(account.fellMuch(4 * MIB, 2 * MIB)).isTrue();
    assertThat(account.fellMuch(5 * MIB, 4 * MIB)).isFalse();
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
