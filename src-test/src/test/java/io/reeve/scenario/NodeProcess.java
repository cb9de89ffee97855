package io.reeve.scenario;

import io.reeve.client.ReeveClient;
import java.time.Duration;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A node that serves.
 *
 * @param port where it listens, on the loopback address
 * @param httpPort where it says how it is, there too
 * @param startedIn from the start of its JVM to the moment it served, by its own word
 */
public record NodeProcess(Member process, int port, int httpPort, Duration startedIn) {

  private static final Duration READY_WITHIN = Duration.ofMinutes(3);
  private static final Pattern READY =
      Pattern.compile(
          "reeve node ready in (\\d+)\\.(\\d) s: grpc 127\\.0\\.0\\.1:(\\d+),"
              + " http 127\\.0\\.0\\.1:(\\d+), ");

  /**
   * Waits for the line in which the node says that it serves.
   *
   * @param meanwhile done each time before looking for it
   */
  static NodeProcess awaitReady(Member process, Runnable meanwhile) {
    Await.until(
        "the node says that it is ready",
        READY_WITHIN,
        () -> {
          meanwhile.run();
          if (!process.isAlive()) {
            throw new AssertionError("the node ended: " + process.said());
          }
          return READY.matcher(process.said()).find();
        });
    MatchResult line = READY.matcher(process.said()).results().findFirst().orElseThrow();
    var tenths = Long.parseLong(line.group(1)) * 10 + Long.parseLong(line.group(2));
    return new NodeProcess(
        process,
        Integer.parseInt(line.group(3)),
        Integer.parseInt(line.group(4)),
        Duration.ofMillis(tenths * 100));
  }

  public String endpoint() {
    return "127.0.0.1:" + port;
  }

  /** Whether its process lives, by its own word. */
  boolean isLive() {
    return HttpAnswer.of(httpPort, "/health/live").status() == HttpAnswer.OK;
  }

  /** Whether it serves, by its own word. */
  boolean isReady() {
    return HttpAnswer.of(httpPort, "/health/ready").status() == HttpAnswer.OK;
  }

  /** The figure of this name that it shows, which has no labels. */
  double metric(String name) {
    return HttpAnswer.of(httpPort, "/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("expected a metric " + name));
  }

  /** A client of it, to be closed by the caller. */
  public ReeveClient client() {
    return ReeveClient.connect(endpoint());
  }
}
