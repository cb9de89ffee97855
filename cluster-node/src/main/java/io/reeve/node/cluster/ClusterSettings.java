package io.reeve.node.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reeve.domain.session.CreditBook;
import io.reeve.settings.Keys;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * How a node is part of a cluster; read from {@code reeve.cluster} and {@code reeve.node.roles}.
 *
 * @param host of the port on which nodes talk to each other
 * @param port 0: any free one
 * @param seedNodes {@code host:port} of nodes to join; empty: those found in a shared store, else
 *     none
 * @param askFor how long members that may be dead are asked to let this node in
 * @param lookInterval between two looks into the directory
 * @param keepInterval between two checks that the directory still knows this node
 * @param answerWithin how long the others may take to say how they are
 * @param refreshInterval between two looks at how they are when nobody asks
 * @param frameBytes of the largest message between nodes
 * @param roles of this node, at least one
 */
public record ClusterSettings(
    String host,
    int port,
    List<String> seedNodes,
    Profile profile,
    Duration askFor,
    Duration lookInterval,
    Duration keepInterval,
    Duration answerWithin,
    Duration refreshInterval,
    long frameBytes,
    Set<Role> roles) {

  private static final String ROOT = "reeve.cluster";
  private static final int PORT_MAX = 65_535;
  private static final long MIB = 1 << 20;

  /** What else is in the largest message, and in the frame around it. */
  private static final long FRAME_MARGIN = MIB;

  /**
   * Between nodes a task has an entry in a table of profiles, at most this large beside its names.
   */
  private static final long PROFILE_BYTES_MAX = 100;

  /**
   * Queue, kind and tenant, of 128 letters each, and eight required labels with names and values of
   * as many letters. Tenant and labels are in any script.
   */
  private static final long NAMES_BYTES_MAX = 128 + 128 + 3 * 128 + 8 * (2 * 3 * 128 + 12);

  /** A lease in a list of leases: 7 bytes of its number, below 2^47, and 5 of its fence. */
  private static final long LEASE_BYTES_MAX = 12;

  /** Lists of tasks and of workers are never larger. */
  private static final long LIST_BYTES_MAX = 6 * MIB;

  /** How soon a silent node counts as dead. */
  public enum Profile {
    /** Work of a crashed node goes on after about 16 s. */
    SAFE("1s", "3s", "7s", "3s"),
    /** After about 9 s; a pause that is only somewhat longer takes a node out. */
    FAST("500ms", "2s", "2500ms", "50ms");

    private final String heartbeat;
    private final String acceptablePause;
    private final String stableAfter;
    private final String downRemovalMargin;

    Profile(
        String heartbeat, String acceptablePause, String stableAfter, String downRemovalMargin) {
      this.heartbeat = heartbeat;
      this.acceptablePause = acceptablePause;
      this.stableAfter = stableAfter;
      this.downRemovalMargin = downRemovalMargin;
    }
  }

  /**
   * The settings in {@code config}, the whole configuration.
   *
   * @throws IllegalArgumentException when a value is out of its bounds; the message names the key
   */
  public static ClusterSettings from(Config config) {
    var keys = new Keys(config, ROOT);
    var seedNodes = keys.texts("seed-nodes");
    for (var seed : seedNodes) {
      keys.demand("seed-nodes", Keys.isHostAndPort(seed), "each as host:port", seed);
    }
    return new ClusterSettings(
        keys.text("host"),
        keys.count("port", 0, PORT_MAX),
        seedNodes,
        profile(keys),
        keys.duration("ask-for", Duration.ofSeconds(1), Duration.ofMinutes(5)),
        keys.duration("look-interval", Duration.ofMillis(50), Duration.ofMinutes(1)),
        keys.duration("keep-interval", Duration.ofSeconds(1), Duration.ofHours(1)),
        keys.duration("answer-within", Duration.ofMillis(50), Duration.ofSeconds(30)),
        keys.duration("refresh-interval", Duration.ofSeconds(1), Duration.ofHours(1)),
        frameBytes(config),
        Role.from(config));
  }

  /**
   * All that fits the edge fits between nodes: submissions and settlements, which are messages of
   * clients and workers, and assignments, which are as large as a row and one payload.
   *
   * <p>A submission grows on the way by the names of its tasks, which are in their specifications
   * already, and by what else their profiles say.
   *
   * <p>A session names all leases that it has at a partition in one message, which cannot be cut.
   * They may all be at one.
   */
  private static long frameBytes(Config config) {
    var message = config.getBytes("reeve.grpc.message-size-max");
    var tasks = config.getInt("reeve.task.per-call-max");
    var names = Math.min(message, tasks * NAMES_BYTES_MAX);
    var submission = message + names + tasks * PROFILE_BYTES_MAX;
    var assigned =
        config.getBytes("reeve.partition.batch.bytes-max")
            + config.getBytes("reeve.task.payload-size-max");
    var held = LEASE_BYTES_MAX * CreditBook.heldMax(config.getInt("reeve.session.capacity-max"));
    return LongStream.of(LIST_BYTES_MAX, submission, assigned, held).max().orElseThrow()
        + FRAME_MARGIN;
  }

  /**
   * What Pekko needs for it. Goes between the operator's configuration and the program's.
   *
   * @param many whether there may be other members: a lone node need not gossip
   * @param partitions of this node, which all members have to agree on
   */
  public Config pekkoConfig(boolean many, int partitions) {
    var address =
        ConfigFactory.parseMap(
            Map.of(
                "pekko.remote.artery.canonical.hostname", host,
                "pekko.remote.artery.canonical.port", port,
                "pekko.remote.artery.bind.hostname", host));
    if (!many) {
      return address;
    }
    return ConfigFactory.parseMap(
            Map.of(
                SamePartitions.KEY,
                partitions,
                "pekko.remote.artery.advanced.maximum-frame-size",
                frameBytes,
                "pekko.remote.artery.advanced.maximum-large-frame-size",
                frameBytes,
                "pekko.cluster.roles",
                roles.stream().map(Role::word).toList(),
                "pekko.cluster.failure-detector.heartbeat-interval",
                profile.heartbeat,
                "pekko.cluster.failure-detector.acceptable-heartbeat-pause",
                profile.acceptablePause,
                "pekko.cluster.split-brain-resolver.stable-after",
                profile.stableAfter,
                "pekko.cluster.down-removal-margin",
                profile.downRemovalMargin))
        .withFallback(ConfigFactory.parseResources("reeve-cluster.conf"))
        .withFallback(address);
  }

  private static Profile profile(Keys keys) {
    var name = keys.text("failure-profile");
    for (var profile : Profile.values()) {
      if (profile.name().toLowerCase(Locale.ROOT).equals(name)) {
        return profile;
      }
    }
    keys.demand("failure-profile", false, "safe or fast", name);
    throw new AssertionError("refused above");
  }
}
