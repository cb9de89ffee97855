package io.reeve.domain.session;

/**
 * A map from positive numbers to positive numbers, without objects: open addressing with linear
 * probing, at most half full, and deletion by moving back (Knuth, TAOCP vol. 3, 6.4, algorithm R).
 */
final class LongMap {

  /** No value, and no key. */
  static final long NONE = 0;

  private static final int SIZE_MIN = 16;

  private long[] keys = new long[SIZE_MIN];
  private long[] values = new long[SIZE_MIN];
  private int size;

  int size() {
    return size;
  }

  /** The value of the key, or NONE. */
  long get(long key) {
    var mask = keys.length - 1;
    for (var at = home(key, mask); ; at = (at + 1) & mask) {
      if (keys[at] == key) {
        return values[at];
      }
      if (keys[at] == NONE) {
        return NONE;
      }
    }
  }

  /** Sets the value and returns the one before, or NONE. */
  long put(long key, long value) {
    if (key <= NONE || value <= NONE) {
      throw new IllegalArgumentException("expected positive numbers, got " + key + ", " + value);
    }
    if (2 * (size + 1) > keys.length) {
      resize(2 * keys.length);
    }
    return set(key, value);
  }

  private long set(long key, long value) {
    var mask = keys.length - 1;
    var at = home(key, mask);
    while (keys[at] != NONE && keys[at] != key) {
      at = (at + 1) & mask;
    }
    var before = values[at];
    keys[at] = key;
    values[at] = value;
    if (before == NONE) {
      size++;
    }
    return before;
  }

  void remove(long key) {
    var mask = keys.length - 1;
    var hole = home(key, mask);
    while (keys[hole] != key) {
      if (keys[hole] == NONE) {
        return;
      }
      hole = (hole + 1) & mask;
    }
    for (var next = (hole + 1) & mask; keys[next] != NONE; next = (next + 1) & mask) {
      // An entry may move into the hole unless its home lies behind the hole.
      if (((next - home(keys[next], mask)) & mask) >= ((next - hole) & mask)) {
        keys[hole] = keys[next];
        values[hole] = values[next];
        hole = next;
      }
    }
    keys[hole] = NONE;
    values[hole] = NONE;
    size--;
    if (keys.length > SIZE_MIN && 16 * size < keys.length) {
      resize(keys.length / 4);
    }
  }

  void forEach(LeaseTable.Visitor visitor) {
    for (var i = 0; i < keys.length; i++) {
      if (keys[i] != NONE) {
        visitor.lease(keys[i], values[i]);
      }
    }
  }

  private void resize(int capacity) {
    var oldKeys = keys;
    var oldValues = values;
    keys = new long[Math.max(SIZE_MIN, capacity)];
    values = new long[keys.length];
    size = 0;
    for (var i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != NONE) {
        set(oldKeys[i], oldValues[i]);
      }
    }
  }

  /** Sequences come in runs, so they are spread by the golden ratio. */
  private static int home(long key, int mask) {
    return (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & mask;
  }
}
