package io.reeve.node.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Limits warnings and errors that repeat: whatever makes a library complain without end must not
 * fill the disk that the journal needs. Lines are alike that come from one logger at one level and
 * begin with the same words, up to the first digit.
 *
 * <p>The first line after a time of silence says how many were left out.
 */
public final class RepeatedLines extends TurboFilter {

  private static final int WORDS_MAX = 60;
  private static final int KINDS_MAX = 500;

  private final LongSupplier nanoTime;
  private final Map<String, Kind> kinds =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Kind> eldest) {
          return size() > KINDS_MAX;
        }
      };

  private int linesMax = 20;
  private long withinNanos = TimeUnit.SECONDS.toNanos(10);

  /** Lines of one kind since {@code since}. */
  private static final class Kind {
    private long since;
    private int lines;
  }

  /** Made by the log configuration. */
  public RepeatedLines() {
    this(System::nanoTime);
  }

  RepeatedLines(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Lines of one kind that pass within the time. */
  public void setLinesMax(int max) {
    linesMax = max;
  }

  /** The time, in seconds. */
  public void setSeconds(int seconds) {
    withinNanos = TimeUnit.SECONDS.toNanos(seconds);
  }

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] params,
      @Nullable Throwable thrown) {
    // Asked for every line, also for those that the level leaves out.
    if (format == null
        || !level.isGreaterOrEqual(Level.WARN)
        || !level.isGreaterOrEqual(logger.getEffectiveLevel())) {
      return FilterReply.NEUTRAL;
    }
    var leftOut = count(logger.getName() + level + words(format));
    if (leftOut < 0) {
      return FilterReply.DENY;
    }
    if (leftOut > 0) {
      // Of another kind than the line itself, so it comes back here and passes.
      logger.warn("{} lines like the next one were left out", leftOut);
    }
    return FilterReply.NEUTRAL;
  }

  /** How many lines were left out before this one, or -1 when it is left out itself. */
  private synchronized int count(String key) {
    var now = nanoTime.getAsLong();
    var kind = kinds.computeIfAbsent(key, k -> new Kind());
    var leftOut = 0;
    if (kind.lines == 0 || now - kind.since >= withinNanos) {
      leftOut = Math.max(0, kind.lines - linesMax);
      kind.since = now;
      kind.lines = 0;
    }
    kind.lines++;
    return kind.lines > linesMax ? -1 : leftOut;
  }

  private static String words(String text) {
    var end = 0;
    while (end < text.length() && end < WORDS_MAX && !Character.isDigit(text.charAt(end))) {
      end++;
    }
    return text.substring(0, end);
  }
}
