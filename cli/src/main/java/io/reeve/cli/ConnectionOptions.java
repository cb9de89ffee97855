package io.reeve.cli;

import io.reeve.client.ReeveClient;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How a command reaches the server. */
final class ConnectionOptions {

  static final String ENDPOINT_DEFAULT = "127.0.0.1:7460";

  @Option(
      names = {"-e", "--endpoint"},
      paramLabel = "HOST:PORT",
      defaultValue = "${env:REEVE_ENDPOINT:-" + ENDPOINT_DEFAULT + "}",
      description =
          "Node to connect to, or several separated by commas, which are tried in turn. The"
              + " default PORT is 7460. Default: $REEVE_ENDPOINT, else 127.0.0.1:7460.")
  String endpoint = ENDPOINT_DEFAULT;

  @Option(
      names = "--call-timeout",
      paramLabel = "DURATION",
      defaultValue = "30s",
      converter = DurationText.class,
      description = "How long one call may take, retries included. Default: 30s.")
  Duration callTimeout = Duration.ofSeconds(30);

  @Option(
      names = "--tries",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "How often a call is tried while the server is away or full. Default: 5, about 2"
              + " seconds.")
  int tries = 5;

  ReeveClient connect() {
    return ReeveClient.builder()
        .endpoints(endpoint)
        .callTimeout(callTimeout)
        .triesMax(tries)
        .build();
  }
}
