package io.reeve.partition;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Cuts a list that goes into messages between nodes: a message over the limit of the way between
 * them never arrives, however often it is sent.
 */
public final class Portions {

  /** Bytes of a message that carries no payloads, about. */
  public static final long BYTES_MAX = 256 << 10;

  /** Most bytes of a letter in UTF-8. */
  public static final int LETTER_BYTES = 3;

  private Portions() {}

  /**
   * The list, in order, in portions of at most so many bytes. A larger entry is a portion by
   * itself. An empty list is one empty portion. A list that is one portion is not copied, so the
   * caller must not change it afterwards.
   *
   * @param bytes of an entry, about, and rather too many than too few
   */
  public static <T> List<List<T>> of(List<T> all, long bytesMax, ToLongFunction<? super T> bytes) {
    var portions = new ArrayList<List<T>>(1);
    var from = 0;
    var sum = 0L;
    for (var i = 0; i < all.size(); i++) {
      var size = bytes.applyAsLong(all.get(i));
      if (i > from && sum + size > bytesMax) {
        portions.add(List.copyOf(all.subList(from, i)));
        from = i;
        sum = 0;
      }
      sum += size;
    }
    portions.add(
        from == 0 ? Collections.unmodifiableList(all) : List.copyOf(all.subList(from, all.size())));
    return portions;
  }
}
