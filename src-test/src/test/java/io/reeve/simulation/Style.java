package io.reeve.simulation;

/** How the handler of a task behaves; the first byte of its specification. */
enum Style {
  /** Done in some milliseconds. */
  QUICK,
  /** Done in seconds. */
  SLOW,
  /** Fails every other time. */
  FLAKY,
  /** Always fails. */
  BROKEN,
  /** Fails for good. */
  FATAL,
  /** The first attempt never returns. */
  HANGS,
  /** The first attempts are handed back. */
  SHY;

  static Style of(byte[] spec) {
    return values()[spec[0] % values().length];
  }
}
