package io.reeve.domain.task;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Changes of a retry policy: what is not given stays.
 *
 * @param attemptsMax 0: not given
 * @param backoffMultiplier 0: not given
 * @param neverRetryCodes codes that are added
 */
public record RetryEdits(
    int attemptsMax,
    @Nullable Duration backoffInitial,
    @Nullable Duration backoffMax,
    double backoffMultiplier,
    @Nullable Double backoffJitter,
    List<String> neverRetryCodes) {

  /** Nothing changes. */
  public static final RetryEdits NONE = new RetryEdits(0, null, null, 0, null, List.of());

  public RetryEdits {
    neverRetryCodes = List.copyOf(neverRetryCodes);
  }

  /**
   * The profile with the changes. A longer first wait moves the upper bound of the waits, unless
   * that is given too.
   */
  public TaskProfile of(TaskProfile profile) {
    return equals(NONE) ? profile : profile.with(of(profile.retry()));
  }

  private RetryPolicy of(RetryPolicy policy) {
    var initial = backoffInitial == null ? policy.backoffInitial() : backoffInitial;
    return new RetryPolicy(
        attemptsMax == 0 ? policy.attemptsMax() : attemptsMax,
        initial,
        backoffMax == null ? longer(policy.backoffMax(), initial) : backoffMax,
        backoffMultiplier == 0 ? policy.backoffMultiplier() : backoffMultiplier,
        backoffJitter == null ? policy.backoffJitter() : backoffJitter,
        codes(policy.neverRetryCodes()));
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  private List<String> codes(List<String> before) {
    Set<String> all = new LinkedHashSet<>(before);
    all.addAll(neverRetryCodes);
    return List.copyOf(all);
  }
}
