package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.reeve.node.log.PeerFaults;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** A peer whose headers no HPACK decoder reads ends its own connection, and costs one line. */
@Timeout(60)
class MalformedHeadersTest {

  private static final int END_HEADERS = 4;

  /** A header without indexing: the name "a", and a value of one byte that no value may have. */
  private static final byte[] BAD_VALUE = {0, 1, 'a', 1, 1};

  private final EdgeFixture edge = EdgeFixture.start();
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger all = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final PeerFaults filter = new PeerFaults();

  @BeforeEach
  void listen() {
    // As the configuration of a node has it.
    all.getLoggerContext().addTurboFilter(filter);
    lines.setContext(all.getLoggerContext());
    lines.start();
    all.addAppender(lines);
  }

  @AfterEach
  void stop() {
    edge.close();
    all.detachAppender(lines);
    all.getLoggerContext().getTurboFilterList().remove(filter);
  }

  @Test
  void eachConnectionIsOneWarningWithoutATrace() throws IOException {
    for (var i = 1; i <= 3; i++) {
      try (var peer = new RawHttp2(edge.server.address(), Duration.ofSeconds(10))) {
        peer.send(RawHttp2.HEADERS, END_HEADERS, 1, BAD_VALUE);
        assertThat(peer.next(RawHttp2.GO_AWAY, 0)).as("the end").isNotNull();
      }
      awaitWarnings(i);
    }

    assertThat(warnings())
        .hasSize(3)
        .allSatisfy(
            line -> {
              assertThat(line.getLevel()).isEqualTo(Level.WARN);
              assertThat(line.getThrowableProxy()).isNull();
              assertThat(line.getFormattedMessage())
                  .startsWith("a connection ends for what its peer sent: ")
                  .hasSizeLessThan(300);
            });
  }

  private void awaitWarnings(int count) {
    var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (warnings().size() < count && System.nanoTime() < until) {
      LockSupport.parkNanos(5_000_000);
    }
  }

  private List<ILoggingEvent> warnings() {
    return List.copyOf(lines.list).stream()
        .filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
        .filter(line -> line.getLoggerName().startsWith("org.apache.pekko"))
        .toList();
  }
}
