package io.reeve.worker.lane;

/** How many of a number of places only urgent tasks may use. */
public final class Reserve {

  /** Pools with fewer places keep none for urgent tasks unless the percentage amounts to one. */
  private static final int SMALL = 4;

  private Reserve() {}

  /**
   * The reserve of {@code places} places at {@code percent} percent: rounded down, from four places
   * on at least one when anything is to be reserved, and never all of them. A small pool gives up a
   * place only when the percentage amounts to one, since that is a large share of it.
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
    return Math.min(places - 1, places < SMALL ? share : Math.max(1, share));
  }
}
