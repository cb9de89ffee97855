package io.reeve.worker.builtin;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.reeve.worker.Rejected;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Times in payloads: a number with a unit, such as "500ms" or "5m". A number without a unit is
 * refused, since some read it as seconds and some as milliseconds; only 0 needs none.
 */
final class Times {

  private static final Duration MAX = Duration.ofDays(365);
  private static final String ZERO = "[-+]?0*\\.?0*";
  private static final String BARE_NUMBER = "[-+]?[0-9.]+([eE][-+]?[0-9]+)?";
  private static final int SHOWN_MAX = 40;

  private Times() {}

  /** The timeout that a field gives; the default when the field is absent, null or 0. */
  static Duration timeout(@Nullable JsonNode field, Duration absent) throws Rejected {
    if (field == null || field.isNull() || field.isMissingNode()) {
      return absent;
    }
    var time = of(field);
    return time.isZero() ? absent : time;
  }

  /** The time that a field gives. */
  static Duration of(JsonNode field) throws Rejected {
    return text(field.isValueNode() ? field.asText() : field.getNodeType().name());
  }

  /** The time that a text gives. */
  static Duration text(String text) throws Rejected {
    var trimmed = text.strip();
    if (trimmed.matches("(?=.*0)" + ZERO)) {
      return Duration.ZERO;
    }
    if (trimmed.matches(BARE_NUMBER)) {
      throw refused(trimmed, null);
    }
    try {
      var time = ConfigFactory.parseMap(Map.of("time", trimmed)).getDuration("time");
      if (!time.isNegative() && time.compareTo(MAX) <= 0) {
        return time;
      }
    } catch (ConfigException malformed) {
      throw refused(trimmed, malformed);
    }
    throw refused(trimmed, null);
  }

  private static Rejected refused(String got, @Nullable Throwable cause) {
    var end = got.offsetByCodePoints(0, Math.min(SHOWN_MAX, got.codePointCount(0, got.length())));
    var shown = end < got.length() ? got.substring(0, end) + "..." : got;
    return new Rejected(
        "PAYLOAD_UNREADABLE",
        "expected a time with a unit and of at most 365 days, such as \"500ms\", \"2s\" or \"5m\","
            + " got \""
            + shown
            + '"',
        cause);
  }
}
