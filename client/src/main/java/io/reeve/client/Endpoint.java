package io.reeve.client;

import java.util.Arrays;
import java.util.List;

/**
 * Where a server listens.
 *
 * @param host a name or an address; IPv6 addresses without brackets
 * @param port 1 to 65535
 */
public record Endpoint(String host, int port) {

  public Endpoint {
    if (host.isBlank()) {
      throw new IllegalArgumentException("expected a host, got none");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("expected a port of 1 to 65535, got " + port);
    }
  }

  /** Reads {@code host:port}; an IPv6 address stands in brackets. */
  public static Endpoint parse(String text) {
    var trimmed = text.trim();
    var colon = trimmed.lastIndexOf(':');
    if (colon < 1 || (trimmed.indexOf(':') != colon && !trimmed.startsWith("["))) {
      throw new IllegalArgumentException("expected host:port, got '" + trimmed + "'");
    }
    var host = trimmed.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    try {
      return new Endpoint(host, Integer.parseInt(trimmed.substring(colon + 1)));
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException("expected host:port, got '" + trimmed + "'", notANumber);
    }
  }

  /** Reads several, separated by commas. */
  public static List<Endpoint> parseAll(String text) {
    return Arrays.stream(text.split(",", -1)).map(Endpoint::parse).toList();
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
