package io.reeve.client;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a server listens.
 *
 * @param host a name or an address; IPv6 addresses without brackets
 * @param port 1 to 65535
 */
public record Endpoint(String host, int port) {

  /** The port of a node for clients and workers, unless its settings name another. */
  public static final int DEFAULT_PORT = 7460;

  private static final Pattern SHAPE =
      Pattern.compile("(?:\\[(?<address>[^\\[\\]]+)]|(?<name>[^\\[\\]:]+))(?::(?<port>[0-9]+))?");

  public Endpoint {
    if (host.isBlank()) {
      throw new IllegalArgumentException("expected a host, got none");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("expected a port of 1 to 65535, got " + port);
    }
  }

  /**
   * Reads {@code host:port}, or {@code host} alone for port {@value #DEFAULT_PORT}. Brackets stand
   * around an IPv6 address: {@code [::1]:7460}.
   */
  public static Endpoint parse(String text) {
    var trimmed = text.trim();
    var matcher = SHAPE.matcher(trimmed);
    if (!matcher.matches()) {
      throw expected(trimmed, null);
    }
    var address = matcher.group("address");
    var port = matcher.group("port");
    try {
      return new Endpoint(
          address == null ? matcher.group("name") : address,
          port == null ? DEFAULT_PORT : Integer.parseInt(port));
    } catch (NumberFormatException tooLarge) {
      throw expected(trimmed, tooLarge);
    }
  }

  private static IllegalArgumentException expected(String got, @Nullable Throwable cause) {
    return new IllegalArgumentException("expected host:port, got '" + got + "'", cause);
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
