package io.reeve.node;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Where others are told that this node's gRPC server is. */
final class Advertised {

  private Advertised() {}

  /**
   * The operator's word, else the address and port it listens on. Who listens on every address is
   * reached by the one on which the nodes talk to each other.
   *
   * @param setting {@code host:port}, or empty
   * @param clusterHost {@code reeve.cluster.host}
   */
  static String endpoint(String setting, InetSocketAddress bound, String clusterHost) {
    if (!setting.isEmpty()) {
      return setting;
    }
    InetAddress address = bound.getAddress();
    var host = address.isAnyLocalAddress() ? clusterHost : address.getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort();
  }
}
