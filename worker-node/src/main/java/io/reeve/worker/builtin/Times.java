package io.reeve.worker.builtin;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.reeve.worker.Rejected;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Times in payloads: a number of seconds, or a text with a unit such as "500ms" or "5m". */
final class Times {

  private static final double SECONDS_MAX = Duration.ofDays(365).toSeconds();

  private Times() {}

  /** The time that a field says, or the default when there is none. */
  static Duration of(@Nullable JsonNode field, Duration absent) throws Rejected {
    if (field == null || field.isNull() || field.isMissingNode()) {
      return absent;
    }
    if (field.isNumber()) {
      return seconds(field.doubleValue());
    }
    return text(field.asText());
  }

  /** The time that a text says. */
  static Duration text(String text) throws Rejected {
    try {
      var time = ConfigFactory.parseMap(Map.of("time", text.trim())).getDuration("time");
      if (text.trim().matches("[0-9.]+")) {
        return seconds(Double.parseDouble(text.trim()));
      }
      if (!time.isNegative() && time.toSeconds() <= SECONDS_MAX) {
        return time;
      }
    } catch (ConfigException | NumberFormatException malformed) {
      throw refused(text, malformed);
    }
    throw refused(text, null);
  }

  private static Duration seconds(double seconds) throws Rejected {
    if (!(seconds >= 0 && seconds <= SECONDS_MAX)) {
      throw refused(String.valueOf(seconds), null);
    }
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  private static Rejected refused(String got, @Nullable Throwable cause) {
    var shown = got.length() > 40 ? got.substring(0, 40) + "..." : got;
    return new Rejected(
        "PAYLOAD_UNREADABLE",
        "expected a time such as 0.5, \"500ms\" or \"5m\", got \"" + shown + '"',
        cause);
  }
}
