package io.reeve.worker;

/** Why a pool has ended. */
public enum PoolEnd {
  /** It was drained: all it held is settled or handed back, and the server knows. */
  DRAINED,
  /** It was drained, but the last of its reports could not be brought to a server in time. */
  UNSETTLED,
  /** It could not go on: refused for good, or no slot left. */
  FAILED;

  /** The worse of two ends: the end that leaves more undone. */
  PoolEnd worse(PoolEnd other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
