package io.reeve.node.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PeerFaultsTest {

  private static final String WARNING = "a connection ends for what its peer sent: ";

  private final LoggerContext context = new LoggerContext();
  private final Logger logger = context.getLogger("org.apache.pekko.actor.ActorSystemImpl");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void configure() {
    context.addTurboFilter(new PeerFaults());
    lines.setContext(context);
    lines.start();
    logger.addAppender(lines);
  }

  @Test
  void aFaultOfAStageAndTheEndOfItsConnectionAreOneLine() {
    stageFails("bad header");
    logger.error(
        "HTTP2 connection failed with error [bad header]. Sending INTERNAL_ERROR and closing"
            + " connection.");

    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(WARNING + "bad header");
    assertThat(lines.list.get(0).getLevel()).isEqualTo(Level.WARN);
    assertThat(lines.list.get(0).getThrowableProxy()).isNull();
  }

  @Test
  void aConnectionThatFailsOfSomethingElseIsTold() {
    stageFails("bad header");
    logger.error("HTTP2 connection failed with error [bad frame]. Sending INTERNAL_ERROR");

    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(WARNING + "bad header", WARNING + "bad frame");
  }

  @Test
  void theLineIsShortAndHasNoLineEndOfThePeer() {
    stageFails("x\n2026 ERROR forged\u001b[2J" + "y".repeat(10_000));

    assertThat(lines.list)
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .asString()
        .startsWith(WARNING + "x?2026 ERROR forged?[2Jyyy")
        .endsWith("yyy …")
        .hasSizeLessThan(300);
  }

  @Test
  void faultsOfTheNodeKeepTheirTrace() {
    var bug = new IllegalStateException("a bug");
    logger.error("Error in stage [io.reeve.edge.grpc.guard.FrameGuard]: a bug", bug);

    assertThat(lines.list)
        .singleElement()
        .extracting(ILoggingEvent::getLevel)
        .isEqualTo(Level.ERROR);
    assertThat(lines.list.get(0).getThrowableProxy()).isNotNull();
  }

  private void stageFails(String message) {
    logger.error(
        "Error in stage"
            + " [org.apache.pekko.http.impl.engine.http2.hpack.HeaderDecompression$$anon$1]: "
            + message,
        new IllegalArgumentException(message));
  }
}
