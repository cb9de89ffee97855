package io.reeve.domain.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TaskProfileTest {

  private static final TaskClass MAIL = new TaskClass("Aa", "mail", Lane.NORMAL, Priority.NORMAL);
  private static final RetryPolicy RETRY =
      new RetryPolicy(3, Duration.ofSeconds(1), Duration.ofMinutes(1), 2, 0.1);

  @Test
  void classesAreAlikeInTheOrderOnlyIfTheyAreEqual() {
    assertOrder(
        List.of(
            MAIL,
            new TaskClass("BB", "mail", Lane.NORMAL, Priority.NORMAL),
            new TaskClass("Aa", "bill", Lane.NORMAL, Priority.NORMAL),
            new TaskClass("Aa", "mail", Lane.URGENT, Priority.NORMAL),
            MAIL.withPriority(Priority.LOW),
            MAIL.inQuarantine(),
            needing(Map.of("zone", "Aa")),
            needing(Map.of("zone", "BB")),
            needing(Map.of("zone", "Aa", "disk", "ssd"))));
    assertThat(MAIL)
        .isEqualByComparingTo(new TaskClass("Aa", "mail", Lane.NORMAL, Priority.NORMAL));
  }

  @Test
  void profilesAreAlikeInTheOrderOnlyIfTheyAreEqual() {
    var profile = profile(MAIL, RETRY);
    assertOrder(
        List.of(
            profile,
            profile(new TaskClass("BB", "mail", Lane.NORMAL, Priority.NORMAL), RETRY),
            profile(MAIL.withPriority(Priority.HIGH), RETRY),
            new TaskProfile(MAIL, 1L << 32, 2, RETRY, "t"),
            new TaskProfile(MAIL, 1, 2L << 32, RETRY, "t"),
            new TaskProfile(MAIL, 1, 2, RETRY, "u"),
            profile(MAIL, retry(4, 1, 1, 2, 0.1)),
            profile(MAIL, retry(3, 2, 1, 2, 0.1)),
            profile(MAIL, retry(3, 1, 2, 2, 0.1)),
            profile(MAIL, retry(3, 1, 1, 3, 0.1)),
            profile(MAIL, retry(3, 1, 1, 2, 0.2))));
    assertThat(profile).isEqualByComparingTo(profile(MAIL, retry(3, 1, 1, 2, 0.1)));
  }

  private static TaskClass needing(Map<String, String> labels) {
    return new TaskClass("Aa", "mail", Lane.NORMAL, Priority.NORMAL, Labels.of(labels));
  }

  private static <T extends Comparable<T>> void assertOrder(List<T> different) {
    assertThat(new TreeSet<>(different)).hasSameSizeAs(different);
    for (var one : different) {
      for (var other : different) {
        assertThat(Integer.signum(one.compareTo(other)))
            .isEqualTo(-Integer.signum(other.compareTo(one)));
      }
    }
  }

  private static TaskProfile profile(TaskClass taskClass, RetryPolicy retry) {
    return new TaskProfile(taskClass, 1, 2, retry, "t");
  }

  private static RetryPolicy retry(
      int attemptsMax, int initialSeconds, int maxMinutes, double multiplier, double jitter) {
    return new RetryPolicy(
        attemptsMax,
        Duration.ofSeconds(initialSeconds),
        Duration.ofMinutes(maxMinutes),
        multiplier,
        jitter);
  }
}
