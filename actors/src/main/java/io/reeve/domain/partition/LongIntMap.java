package io.reeve.domain.partition;

import java.util.Arrays;

/**
 * Positive longs to ints by open addressing with linear probing, without an object per entry.
 * Removal shifts the entries behind back (Knuth, The Art of Computer Programming 3, 6.4, algorithm
 * R), so that there are no tombstones.
 */
final class LongIntMap {

  interface Visitor {
    void visit(long key, int value);
  }

  private long[] keys = new long[16];
  private int[] values = new int[16];
  private int size;

  int size() {
    return size;
  }

  /** The value of {@code key}, or {@code absent}. */
  int get(long key, int absent) {
    var i = slot(key);
    while (keys[i] != 0) {
      if (keys[i] == key) {
        return values[i];
      }
      i = next(i);
    }
    return absent;
  }

  void put(long key, int value) {
    if (size * 2 >= keys.length) {
      resize(keys.length * 2);
    }
    var i = slot(key);
    while (keys[i] != 0 && keys[i] != key) {
      i = next(i);
    }
    if (keys[i] == 0) {
      size++;
      keys[i] = key;
    }
    values[i] = value;
  }

  /** Whether there was such a key. */
  boolean remove(long key) {
    var i = slot(key);
    while (keys[i] != key) {
      if (keys[i] == 0) {
        return false;
      }
      i = next(i);
    }
    size--;
    var gap = i;
    for (var j = next(gap); keys[j] != 0; j = next(j)) {
      var home = slot(keys[j]);
      var homeIsBehindGap = gap <= j ? gap < home && home <= j : gap < home || home <= j;
      if (!homeIsBehindGap) {
        keys[gap] = keys[j];
        values[gap] = values[j];
        gap = j;
      }
    }
    keys[gap] = 0;
    if (keys.length > 1024 && size < keys.length / 16) {
      resize(keys.length / 4);
    }
    return true;
  }

  /** Visits every entry, in no promised order; the visitor must not change the map. */
  void forEach(Visitor visitor) {
    for (var i = 0; i < keys.length; i++) {
      if (keys[i] != 0) {
        visitor.visit(keys[i], values[i]);
      }
    }
  }

  /** The keys, smallest first. */
  long[] sortedKeys() {
    var sorted = new long[size];
    var n = 0;
    for (var key : keys) {
      if (key != 0) {
        sorted[n++] = key;
      }
    }
    Arrays.sort(sorted);
    return sorted;
  }

  private void resize(int capacity) {
    var oldKeys = keys;
    var oldValues = values;
    keys = new long[capacity];
    values = new int[capacity];
    size = 0;
    for (var i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        put(oldKeys[i], oldValues[i]);
      }
    }
  }

  private int slot(long key) {
    var hash = key * 0x9E3779B97F4A7C15L;
    return (int) (hash >>> 32) & (keys.length - 1);
  }

  private int next(int slot) {
    return (slot + 1) & (keys.length - 1);
  }
}
