package io.reeve.node.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RepeatedLinesTest {

  private final AtomicLong now = new AtomicLong(Long.MIN_VALUE + 1);
  private final LoggerContext context = new LoggerContext();
  private final Logger logger = context.getLogger("some.library");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void configure() {
    var filter = new RepeatedLines(now::get);
    filter.setContext(context);
    filter.setLinesMax(3);
    filter.setSeconds(10);
    filter.start();
    context.addTurboFilter(filter);
    lines.setContext(context);
    lines.start();
    logger.addAppender(lines);
    logger.setLevel(Level.INFO);
  }

  @Test
  void anErrorThatRepeatsIsCutAndItsNumberIsTold() {
    for (var i = 0; i < 1_000; i++) {
      logger.error("could not accept connection " + i, new IllegalStateException("too many files"));
    }
    assertThat(lines.list).hasSize(3);

    now.addAndGet(TimeUnit.SECONDS.toNanos(10));
    logger.error("could not accept connection 1000");

    assertThat(lines.list).hasSize(5);
    assertThat(lines.list.get(3).getFormattedMessage())
        .startsWith("997 lines like the next one were left out");
    assertThat(lines.list.get(4).getFormattedMessage())
        .isEqualTo("could not accept connection 1000");
  }

  @Test
  void otherWarningsPassMeanwhile() {
    for (var i = 0; i < 10; i++) {
      logger.warn("the disk is full");
    }
    logger.warn("the database is away");
    logger.error("the disk is full");

    assertThat(lines.list).hasSize(5);
  }

  @Test
  void linesThatOnlyTellAreNeverCut() {
    for (var i = 0; i < 10; i++) {
      logger.info("session {} began", i);
      logger.debug("left out by its level");
    }

    assertThat(lines.list).hasSize(10);
  }
}
