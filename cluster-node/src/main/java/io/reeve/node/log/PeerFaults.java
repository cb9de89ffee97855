package io.reeve.node.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Turns what the HTTP library says of a peer that breaks the protocol into one warning. The library
 * logs an error with a stack trace, quotes the bytes at length, and may say it twice; it is no
 * fault of the node, and whoever reaches the port could fill the log with it.
 */
public final class PeerFaults extends TurboFilter {

  private static final int TEXT_MAX = 200;

  /** A stage of the library threw while it read. */
  private static final String STAGE = "Error in stage [org.apache.pekko.http.impl.engine.";

  /** The connection of such a stage ends. */
  private static final String CONNECTION = "HTTP2 connection failed with error [";

  /** What was told last, so that the end of its connection is not told as well. */
  private volatile String told = "";

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] params,
      @Nullable Throwable thrown) {
    if (format == null || level != Level.ERROR) {
      return FilterReply.NEUTRAL;
    }
    if (thrown != null && format.startsWith(STAGE)) {
      told = String.valueOf(thrown.getMessage());
      tell(logger, told);
      return FilterReply.DENY;
    }
    if (format.startsWith(CONNECTION)) {
      var end = format.lastIndexOf(']');
      var fault = format.substring(CONNECTION.length(), Math.max(CONNECTION.length(), end));
      if (!fault.equals(told)) {
        tell(logger, fault);
      }
      return FilterReply.DENY;
    }
    return FilterReply.NEUTRAL;
  }

  /** The warning does not begin as an error of the library does, so it passes here. */
  private static void tell(Logger logger, String fault) {
    logger.warn("a connection ends for what its peer sent: {}", bounded(fault));
  }

  /** One line of letters that a terminal shows as they are. */
  private static String bounded(String text) {
    var shown = new StringBuilder();
    text.codePoints()
        .limit(TEXT_MAX)
        .map(c -> c < ' ' || c > '~' ? '?' : c)
        .forEach(shown::appendCodePoint);
    return shown.append(text.length() > TEXT_MAX ? " …" : "").toString();
  }
}
