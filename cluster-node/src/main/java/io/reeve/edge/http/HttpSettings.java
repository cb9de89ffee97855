package io.reeve.edge.http;

import com.typesafe.config.Config;
import io.reeve.edge.http.api.ApiSettings;
import io.reeve.settings.Keys;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * Everything the HTTP edge can be tuned by; read from {@code reeve.http}.
 *
 * @param port 0: any that is free; empty: no server at all
 * @param headWithin how soon the head of a request has to be complete
 * @param descriptorsReserve file descriptors that connections leave for everything else
 * @param uriBytesMax of a request's path and query
 * @param headerBytesMax of one header's value
 * @param bodyBytesMax of the body of a request for a page, which nothing reads
 */
public record HttpSettings(
    String host,
    OptionalInt port,
    int connectionsMax,
    Duration idleTimeout,
    Duration headWithin,
    int descriptorsReserve,
    Duration requestTimeout,
    int uriBytesMax,
    int headerBytesMax,
    int bodyBytesMax,
    ApiSettings api) {

  /** The port after that of the gRPC server. */
  static final String NEXT = "next";

  /** No server. */
  static final String OFF = "off";

  private static final int PORT_MAX = 65_535;
  private static final int KIB = 1024;

  /**
   * @param grpcPort that of the gRPC server; 0: any that is free
   */
  public static HttpSettings from(Config config, int grpcPort) {
    var keys = new Keys(config, "reeve.http");
    var connectionsMax = keys.count("connections-max", 1, 10_000);
    return new HttpSettings(
        keys.text("host"),
        port(keys, grpcPort),
        connectionsMax,
        keys.duration("idle-timeout", Duration.ofSeconds(2), Duration.ofDays(1)),
        keys.duration("head-within", Duration.ofMillis(100), Duration.ofMinutes(5)),
        new Keys(config, "reeve.grpc").count("descriptors-reserve", 0, 100_000),
        keys.duration("request-timeout", Duration.ofSeconds(3), Duration.ofMinutes(5)),
        keys.bytes("uri-size-max", 64, 64 * KIB),
        keys.bytes("header-size-max", 256, 64 * KIB),
        keys.bytes("body-size-max", 0, 64 * KIB),
        ApiSettings.from(keys.below("api"), connectionsMax));
  }

  private static OptionalInt port(Keys keys, int grpcPort) {
    var text = keys.text("port");
    if (text.equals(OFF)) {
      return OptionalInt.empty();
    }
    if (text.equals(NEXT)) {
      keys.demand(
          "port",
          grpcPort < PORT_MAX,
          "a number, since no port comes after reeve.grpc.port (" + grpcPort + ")",
          text);
      return OptionalInt.of(grpcPort == 0 ? 0 : grpcPort + 1);
    }
    var isPort = text.matches("[0-9]{1,5}") && Integer.parseInt(text) <= PORT_MAX;
    keys.demand("port", isPort, "0 to " + PORT_MAX + ", next or off", text);
    return OptionalInt.of(Integer.parseInt(text));
  }
}
