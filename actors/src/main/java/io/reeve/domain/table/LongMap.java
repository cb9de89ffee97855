package io.reeve.domain.table;

import java.util.Arrays;

/**
 * A map from positive numbers to numbers of 0 and more, without an object per entry: open
 * addressing with linear probing, at most half full. Removal moves the entries behind it back
 * (Knuth, The Art of Computer Programming 3, 6.4, algorithm R), so that there are no tombstones.
 */
public final class LongMap {

  /** Visits an entry. */
  @FunctionalInterface
  public interface Visitor {
    void visit(long key, long value);
  }

  /** No value. */
  public static final long NONE = -1;

  private static final long NO_KEY = 0;
  private static final int SIZE_MIN = 16;

  /** Eight keys are 64 bytes. */
  private static final int LINE_BITS = 3;

  /** A table of this size, 16 KiB, is kept when it empties: it mostly fills again at once. */
  private static final int SIZE_KEPT = 1024;

  private long[] keys = new long[SIZE_MIN];
  private long[] values = new long[SIZE_MIN];
  private int size;

  public int size() {
    return size;
  }

  /** The value of the key, or {@link #NONE}. */
  public long get(long key) {
    var at = slotOf(key);
    return keys[at] == NO_KEY ? NONE : values[at];
  }

  /** Sets the value and returns the one before, or {@link #NONE}. */
  public long put(long key, long value) {
    if (key <= NO_KEY || value <= NONE) {
      throw new IllegalArgumentException(
          "expected a positive key and a value of 0 or more, got " + key + " and " + value);
    }
    if (2 * (size + 1) > keys.length) {
      resize(2 * keys.length);
    }
    return set(key, value);
  }

  /** Removes the key and returns its value, or {@link #NONE}. */
  public long remove(long key) {
    var hole = slotOf(key);
    if (keys[hole] == NO_KEY) {
      return NONE;
    }
    var removed = values[hole];
    var mask = keys.length - 1;
    for (var next = (hole + 1) & mask; keys[next] != NO_KEY; next = (next + 1) & mask) {
      // An entry may move into the hole unless its home lies behind the hole.
      if (((next - home(keys[next])) & mask) >= ((next - hole) & mask)) {
        keys[hole] = keys[next];
        values[hole] = values[next];
        hole = next;
      }
    }
    keys[hole] = NO_KEY;
    size--;
    if (keys.length > SIZE_KEPT && 16 * size < keys.length) {
      resize(keys.length / 4);
    }
    return removed;
  }

  /** Visits every entry, in no promised order. The visitor must not change the map. */
  public void forEach(Visitor visitor) {
    for (var i = 0; i < keys.length; i++) {
      if (keys[i] != NO_KEY) {
        visitor.visit(keys[i], values[i]);
      }
    }
  }

  /** The keys, smallest first. */
  public long[] sortedKeys() {
    var sorted = new long[size];
    var n = 0;
    for (var key : keys) {
      if (key != NO_KEY) {
        sorted[n++] = key;
      }
    }
    Arrays.sort(sorted);
    return sorted;
  }

  private long set(long key, long value) {
    var at = slotOf(key);
    var before = keys[at] == NO_KEY ? NONE : values[at];
    keys[at] = key;
    values[at] = value;
    if (before == NONE) {
      size++;
    }
    return before;
  }

  /** Where the key is, or where it would go. */
  private int slotOf(long key) {
    var mask = keys.length - 1;
    var at = home(key);
    while (keys[at] != NO_KEY && keys[at] != key) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void resize(int capacity) {
    var oldKeys = keys;
    var oldValues = values;
    keys = new long[capacity];
    values = new long[keys.length];
    size = 0;
    for (var i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != NO_KEY) {
        set(oldKeys[i], oldValues[i]);
      }
    }
  }

  /**
   * Keys come in runs, so eight neighbours share a line of the cache, and the lines are spread by
   * the golden ratio. Of the product the highest bits count: with them the lines of a run lie apart
   * evenly in a table of any size (Knuth, 6.4, theorem S).
   */
  private int home(long key) {
    var line = (key >>> LINE_BITS) * 0x9E3779B97F4A7C15L;
    var lines = Long.numberOfLeadingZeros(keys.length) + 1 + LINE_BITS;
    return ((int) (line >>> lines) << LINE_BITS) | ((int) key & ((1 << LINE_BITS) - 1));
  }
}
