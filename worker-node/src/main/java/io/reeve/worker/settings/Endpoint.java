package io.reeve.worker.settings;

/**
 * Where a server listens for workers.
 *
 * @param host a name or an address; an IPv6 address in brackets
 * @param port 1 to 65535
 */
public record Endpoint(String host, int port) {

  /**
   * Reads {@code host:port}.
   *
   * @param name the setting it comes from, for the message when it is wrong
   */
  public static Endpoint parse(String name, String text) {
    var colon = text.lastIndexOf(':');
    var host = colon < 0 ? "" : text.substring(0, colon).trim();
    var port = colon < 0 ? "" : text.substring(colon + 1).trim();
    var bracketed = host.startsWith("[") && host.endsWith("]") && host.length() > 2;
    var plain = !host.isEmpty() && host.chars().noneMatch(c -> c == ':' || c == '/' || c <= ' ');
    if (!(bracketed || plain) || !port.matches("[0-9]{1,5}")) {
      throw new InvalidSetting(name, "host:port, for instance 127.0.0.1:7460", '"' + text + '"');
    }
    var number = Integer.parseInt(port);
    if (number < 1 || number > 65535) {
      throw new InvalidSetting(name, "a port from 1 to 65535", '"' + text + '"');
    }
    return new Endpoint(host, number);
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
