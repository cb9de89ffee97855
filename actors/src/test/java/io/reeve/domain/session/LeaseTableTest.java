package io.reeve.domain.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which of the leases that a resuming worker names its session takes over. */
class LeaseTableTest {

  private final LeaseTable leases = new LeaseTable(2);

  @Test
  void aLeaseThatIsNamedOnceIsTakenOver() {
    assertThat(leases.takeOver(1, 7, 3)).isZero();

    assertThat(leases.holds(1, 7, 3)).isTrue();
    assertThat(leases.total()).isEqualTo(1);
  }

  @Test
  void ofTwoLeasesOfATaskTheNewerIsTakenOver() {
    leases.takeOver(1, 7, 3);

    assertThat(leases.takeOver(1, 7, 5)).as("the fence that is lost").isEqualTo(3);

    assertThat(leases.holds(1, 7, 5)).isTrue();
    assertThat(leases.total()).isEqualTo(1);
  }

  @Test
  void theNewerIsTakenOverAlsoWhenItIsNamedFirst() {
    leases.takeOver(1, 7, 5);

    assertThat(leases.takeOver(1, 7, 3)).as("the fence that is lost").isEqualTo(3);

    assertThat(leases.holds(1, 7, 5)).isTrue();
    assertThat(leases.total()).isEqualTo(1);
  }

  @Test
  void tasksOfTwoPartitionsMayHaveOneNumber() {
    leases.takeOver(0, 7, 3);

    assertThat(leases.takeOver(1, 7, 5)).isZero();

    assertThat(leases.total()).isEqualTo(2);
  }
}
