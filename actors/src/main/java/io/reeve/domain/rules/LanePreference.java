package io.reeve.domain.rules;

/**
 * Which lane of a queue goes first while tasks wait in both.
 *
 * @param urgent share of the urgent lane, 1 to 1000; of WEIGHTED only, else 0
 * @param normal share of the normal lane, alike
 */
public record LanePreference(Mode mode, int urgent, int normal) {

  public enum Mode {
    /** Urgent tasks first, but for the share that the dispatcher keeps for normal ones. */
    STRICT,
    /** Each lane has its share of what the queue gets. */
    WEIGHTED,
    /** Each lane in its turn. */
    ALTERNATE
  }

  public static final int SHARE_MAX = 1_000;

  public static final LanePreference STRICT = new LanePreference(Mode.STRICT, 0, 0);
  public static final LanePreference ALTERNATE = new LanePreference(Mode.ALTERNATE, 0, 0);

  public static LanePreference weighted(int urgent, int normal) {
    return new LanePreference(Mode.WEIGHTED, urgent, normal);
  }

  public LanePreference {
    var fits =
        mode == Mode.WEIGHTED ? isShare(urgent) && isShare(normal) : urgent == 0 && normal == 0;
    if (!fits) {
      throw new IllegalArgumentException(
          "expected shares of 1 to %d for WEIGHTED and 0 else, got %s with %d and %d"
              .formatted(SHARE_MAX, mode, urgent, normal));
    }
  }

  private static boolean isShare(int share) {
    return share >= 1 && share <= SHARE_MAX;
  }
}
