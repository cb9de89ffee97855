package io.reeve.worker.lane;

/** How many of a number of places only urgent tasks may use. */
public final class Reserve {

  private Reserve() {}

  /**
   * The reserve of {@code places} places at {@code percent} percent: rounded down, yet at least one
   * when anything is to be reserved and there are two places to share, and never all of them, so
   * that normal work always has a place to run.
   *
   * @param places at least 0
   * @param percent 0 to 100
   */
  public static int of(int places, int percent) {
    if (places < 0) {
      throw new IllegalArgumentException("expected at least 0 places, got " + places);
    }
    if (percent < 0 || percent > 100) {
      throw new IllegalArgumentException("expected 0 to 100 percent, got " + percent);
    }
    if (percent == 0 || places < 2) {
      return 0;
    }
    var share = (int) ((long) places * percent / 100);
    return Math.min(places - 1, Math.max(1, share));
  }
}
