package io.reeve.worker.builtin;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Reads the {@code Retry-After} of HTTP: seconds, or a date (RFC 9110, section 10.2.3). */
final class RetryAfter {

  private static final Duration MAX = Duration.ofDays(1);

  private RetryAfter() {}

  /** The time to wait, at most a day; null when the text says nothing usable. */
  static @Nullable Duration parse(String text, long nowMillis) {
    var trimmed = text.trim();
    if (trimmed.matches("[0-9]{1,9}")) {
      return atMostMax(Duration.ofSeconds(Long.parseLong(trimmed)));
    }
    try {
      var date = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(trimmed));
      var wait = Duration.between(Instant.ofEpochMilli(nowMillis), date);
      return wait.isNegative() ? Duration.ZERO : atMostMax(wait);
    } catch (DateTimeException malformed) {
      return null;
    }
  }

  private static Duration atMostMax(Duration wait) {
    return wait.compareTo(MAX) > 0 ? MAX : wait;
  }
}
