package io.reeve.domain.partition;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * How many partitions there are, and how many there were: where a submission with a request id
 * goes, and which partitions may have taken it before. The number only grows, since a task id
 * carries its partition; what a growth moves is the home of most request ids.
 *
 * @param lines one for each number there was, the present one last; at least one, growing
 */
public record PartitionCounts(List<Line> lines) {

  /** By how much the clocks of two nodes may differ. */
  static final long CLOCKS_DIFFER_MS = 10L * 60 * 1000;

  /**
   * @param sinceMs when the partitions were first as many, by the wall clock; 0: from the beginning
   */
  public record Line(int count, long sinceMs) {}

  public PartitionCounts {
    lines = List.copyOf(lines);
    if (lines.isEmpty() || lines.get(0).count() < 1) {
      throw new IllegalArgumentException("expected one partition or more, got " + lines);
    }
    for (var i = 1; i < lines.size(); i++) {
      if (lines.get(i).count() <= lines.get(i - 1).count()) {
        throw new IllegalArgumentException("expected numbers that grow, got " + lines);
      }
    }
  }

  /** There are this many, and never were others. */
  public static PartitionCounts always(int count) {
    return new PartitionCounts(List.of(new Line(count, 0)));
  }

  /** How many there are. */
  public int now() {
    return lines.get(lines.size() - 1).count();
  }

  /**
   * Where a submission with this request id goes that is new, or a schedule or a unique key of this
   * name.
   */
  public int home(String requestId) {
    return home(requestId, now());
  }

  /**
   * Other partitions that may have the schedule or the unique key of this name from before a
   * growth, however long that is ago. A new one is made at {@link #home}, and only when none of
   * them has it: so a name stands for one, and none ever moves.
   */
  public List<Integer> earlierHomesOfName(String name) {
    var homes = new LinkedHashSet<Integer>();
    lines.forEach(line -> homes.add(home(name, line.count())));
    homes.remove(home(name));
    return List.copyOf(homes);
  }

  /**
   * Whether no other partition gave the unique key of this name away since this one first did. A
   * home may go away and come back, as with 4, 6 and 8 partitions: then another one may hold it.
   */
  public boolean isSoleHome(String name, int partition) {
    return home(name) == partition && !homeCameBack(name);
  }

  /** Whether a partition is the home of the name again that was it before another one. */
  public boolean homeCameBack(String name) {
    var left = new HashSet<Integer>();
    var last = home(name, lines.get(0).count());
    for (var line : lines) {
      var next = home(name, line.count());
      if (next != last) {
        left.add(last);
        last = next;
      }
      if (left.contains(next)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Other partitions that may know the request id from before a growth. No request id goes there
   * any more, so once one of them does not know it, it never will.
   *
   * @param nowMs by the wall clock
   * @param keptMs how long partitions remember a request id
   */
  public List<Integer> earlierHomes(String requestId, long nowMs, long keptMs) {
    if (lines.size() == 1) {
      return List.of();
    }
    var homes = new LinkedHashSet<Integer>();
    for (var i = 0; i < lines.size() - 1; i++) {
      var endedAtMs = lines.get(i + 1).sinceMs();
      if (nowMs - CLOCKS_DIFFER_MS - keptMs < endedAtMs) {
        homes.add(home(requestId, lines.get(i).count()));
      }
    }
    homes.remove(home(requestId));
    return List.copyOf(homes);
  }

  private static int home(String requestId, int count) {
    return Math.floorMod(spread(requestId.hashCode()), count);
  }

  /** The finishing steps of MurmurHash3: request ids that count up do not fall into a pattern. */
  private static int spread(int hash) {
    var h = hash;
    h = (h ^ (h >>> 16)) * 0x85ebca6b;
    h = (h ^ (h >>> 13)) * 0xc2b2ae35;
    return h ^ (h >>> 16);
  }
}
