package io.reeve.node;

import com.typesafe.config.Config;
import io.reeve.edge.EdgeSettings;
import io.reeve.edge.http.HttpSettings;
import io.reeve.node.cluster.ClusterSettings;
import io.reeve.node.time.ClockSettings;
import io.reeve.settings.Keys;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Everything a node can be tuned by beside its actors; read from {@code reeve.node}, {@code
 * reeve.store}, {@code reeve.clock} and the edges' keys.
 *
 * @param name for people; may be empty
 * @param insecure whether addresses beyond this machine may be listened on
 */
record NodeSettings(
    String name,
    Path directory,
    Duration readyWithin,
    Duration stopWithin,
    EdgeSettings edge,
    HttpSettings http,
    ClusterSettings cluster,
    ClockSettings clock,
    boolean insecure) {

  /** An address that would let others in, while nothing keeps out those who must not. */
  static final class ExposedAddress extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    ExposedAddress(String message) {
      super(message);
    }
  }

  static NodeSettings from(Config config) {
    var node = new Keys(config, "reeve.node");
    var edge = EdgeSettings.from(config);
    var http = HttpSettings.from(config, edge.server().port());
    var cluster = ClusterSettings.from(config);
    var insecure = node.flag("insecure-i-know");
    if (!insecure) {
      demandLoopback("reeve.grpc.host", edge.server().host());
      demandLoopback("reeve.http.host", http.host());
      demandLoopback("reeve.cluster.host", cluster.host());
      for (var key : List.of("canonical.hostname", "bind.hostname")) {
        var path = "pekko.remote.artery." + key;
        demandLoopback(path, config.getString(path));
      }
    }
    demandApart(
        new Listener("reeve.grpc.port", edge.server().host(), edge.server().port()),
        new Listener("reeve.http.port", http.host(), http.port().orElse(0)),
        new Listener("reeve.cluster.port", cluster.host(), cluster.port()));
    new Keys(config, "pekko.actor")
        .demand(
            "allow-java-serialization",
            !config.getBoolean("pekko.actor.allow-java-serialization"),
            "off: bytes from outside must never name classes",
            "on");
    return new NodeSettings(
        node.text("name"),
        new Keys(config, "reeve.store").directory("directory"),
        node.duration("ready-within", Duration.ofSeconds(1), Duration.ofHours(1)),
        node.duration("stop-within", Duration.ofSeconds(1), Duration.ofMinutes(10)),
        edge,
        http,
        cluster,
        ClockSettings.from(config),
        insecure);
  }

  /**
   * A port to listen on.
   *
   * @param key of the setting, for the message
   * @param port 0: any that is free, or none at all
   */
  private record Listener(String key, String host, int port) {

    boolean isSameAs(Listener other) {
      return port != 0 && port == other.port && host.equals(other.host);
    }
  }

  private static void demandApart(Listener... listeners) {
    for (var i = 0; i < listeners.length; i++) {
      for (var j = 0; j < i; j++) {
        if (listeners[i].isSameAs(listeners[j])) {
          throw new IllegalArgumentException(
              listeners[j].key()
                  + " and "
                  + listeners[i].key()
                  + ": expected two ports, got "
                  + listeners[i].port()
                  + " for both; 0 stands for any free one");
        }
      }
    }
  }

  private static void demandLoopback(String key, String host) {
    if (!loopback(key, host)) {
      throw new ExposedAddress(
          key
              + ": expected a loopback address such as 127.0.0.1, got "
              + host
              + "; there is no transport security yet, so nothing may listen beyond this machine");
    }
  }

  private static boolean loopback(String key, String host) {
    try {
      // A name may have several addresses, and any of them may be chosen.
      for (var address : InetAddress.getAllByName(host)) {
        if (!address.isLoopbackAddress()) {
          return false;
        }
      }
      return !host.isBlank();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(key + ": expected an address, got " + host, e);
    }
  }
}
