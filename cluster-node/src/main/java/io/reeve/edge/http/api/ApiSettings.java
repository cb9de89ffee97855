package io.reeve.edge.http.api;

import io.reeve.settings.Keys;
import java.time.Duration;
import java.util.List;

/**
 * Everything the HTTP API can be tuned by; read from {@code reeve.http.api}.
 *
 * @param enabled whether it is served at all
 * @param bodyBytesMax of a request
 * @param bodyWithin how soon a body has to be complete
 * @param readWithin how soon a caller has to read an answer to its end, or an event
 * @param streamsMax streams of events at once
 * @param hosts names by which callers may reach this node, beside those of loopback
 */
public record ApiSettings(
    boolean enabled,
    int bodyBytesMax,
    Duration bodyWithin,
    Duration readWithin,
    int streamsMax,
    List<String> hosts) {

  private static final int KIB = 1024;
  private static final int MIB = 1024 * KIB;

  public ApiSettings {
    hosts = List.copyOf(hosts);
  }

  /**
   * Reads the settings below {@code keys}.
   *
   * @param connectionsMax of the port; streams leave half of them to others
   */
  public static ApiSettings from(Keys keys, int connectionsMax) {
    return new ApiSettings(
        keys.flag("enabled"),
        keys.bytes("body-size-max", KIB, 64 * MIB),
        keys.duration("body-within", Duration.ofMillis(100), Duration.ofMinutes(5)),
        keys.duration("read-within", Duration.ofMillis(100), Duration.ofMinutes(5)),
        Math.min(keys.count("streams-max", 0, 10_000), connectionsMax / 2),
        keys.texts("hosts"));
  }
}
