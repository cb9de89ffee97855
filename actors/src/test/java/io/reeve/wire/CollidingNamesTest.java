package io.reeve.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskProfile;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Names that a caller chose for their one hash code make a submission hardly more expensive. */
class CollidingNamesTest {

  private static final int BITS = 12;
  private static final int COUNT = 1 << BITS;

  private final AtomicLong comparisons = new AtomicLong();

  @Test
  void aTableOfCollidingProfilesNeedsFewComparisons() {
    var table = new Values.Table<Counted>();
    var hash = profile(0).hashCode();

    for (var round = 0; round < 2; round++) {
      for (var i = 0; i < COUNT; i++) {
        assertThat(profile(i).hashCode()).isEqualTo(hash);
        table.add(new Counted(profile(i), comparisons));
      }
    }

    assertThat(table.values()).hasSize(COUNT);
    assertThat(table.column().subList(COUNT, 2 * COUNT))
        .isEqualTo(table.column().subList(0, COUNT))
        .doesNotHaveDuplicates();
    // Each level of a tree asks for equality and for order.
    assertThat(comparisons.get()).isLessThan(2L * COUNT * 4 * BITS);
  }

  private static TaskProfile profile(int i) {
    var name = new StringBuilder();
    for (var bit = 0; bit < BITS; bit++) {
      name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
    }
    return new TaskProfile(
        new TaskClass(name.toString(), "mail", Lane.NORMAL, Priority.NORMAL),
        1,
        0,
        new RetryPolicy(1, Duration.ZERO, Duration.ZERO, 1, 0),
        "");
  }

  /** A profile that counts how often it is compared. */
  private static final class Counted implements Comparable<Counted> {

    private final TaskProfile profile;
    private final AtomicLong comparisons;

    Counted(TaskProfile profile, AtomicLong comparisons) {
      this.profile = profile;
      this.comparisons = comparisons;
    }

    @Override
    public int compareTo(Counted other) {
      comparisons.incrementAndGet();
      return profile.compareTo(other.profile);
    }

    @Override
    public boolean equals(Object other) {
      comparisons.incrementAndGet();
      return other instanceof Counted counted && profile.equals(counted.profile);
    }

    @Override
    public int hashCode() {
      return profile.hashCode();
    }
  }
}
