package io.reeve.simulation;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * How long messages take, and which never arrive.
 *
 * <p>Between two actors Pekko promises order and at most once, and so does this: a message may be
 * lost on a link in trouble, but never overtakes an earlier one of the same pair and never comes
 * twice. Repeats and reorderings come from where they really come from: clients that call again,
 * workers that say again in a new stream what the old one swallowed, and two ways to one actor (by
 * the shard region and directly).
 */
final class Network {

  /** A message between two actors of one host takes less. */
  static final long LOCAL_MAX = 40_000;

  private static final long REMOTE_MIN = 100_000;
  private static final long REMOTE_MAX = 2_000_000;

  private final SplittableRandom random;
  private final Map<String, Integer> lossPercent = new HashMap<>();
  private final Map<String, Long> extraDelay = new HashMap<>();
  long lost;

  Network(SplittableRandom random) {
    this.random = random;
  }

  /** How long a message takes, in nanoseconds. */
  long latency(Host from, Host to) {
    if (from == to) {
      return random.nextInt((int) LOCAL_MAX);
    }
    var extra = extraDelay.isEmpty() ? 0 : extraDelay.getOrDefault(link(from, to), 0L);
    return REMOTE_MIN
        + random.nextInt((int) REMOTE_MAX)
        + (extra == 0 ? 0 : random.nextLong(extra));
  }

  boolean loses(Host from, Host to) {
    if (from == to || lossPercent.isEmpty()) {
      return false;
    }
    var percent = lossPercent.getOrDefault(link(from, to), 0);
    if (percent > 0 && random.nextInt(100) < percent) {
      lost++;
      return true;
    }
    return false;
  }

  void lose(Host from, Host to, int percent) {
    lossPercent.put(link(from, to), percent);
  }

  void delay(Host from, Host to, long nanos) {
    extraDelay.put(link(from, to), nanos);
  }

  void heal(Host from, Host to) {
    lossPercent.remove(link(from, to));
    extraDelay.remove(link(from, to));
  }

  void healAll() {
    lossPercent.clear();
    extraDelay.clear();
  }

  private static String link(Host from, Host to) {
    return from.name + ">" + to.name;
  }
}
