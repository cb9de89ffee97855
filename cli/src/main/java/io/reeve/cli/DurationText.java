package io.reeve.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as people write them: {@code 500ms}, {@code 10 s}, {@code 1h30m}, {@code 2w}. */
public final class DurationText implements ITypeConverter<Duration> {

  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(ms|w|d|h|m|s)\\s*");

  @Override
  public Duration convert(String text) {
    return parse(text);
  }

  static Duration parse(String text) {
    var trimmed = text.trim().toLowerCase(Locale.ROOT);
    if (trimmed.startsWith("p")) {
      try {
        return Duration.parse(trimmed);
      } catch (DateTimeParseException notIso) {
        throw expected(text);
      }
    }
    if (trimmed.equals("0")) {
      return Duration.ZERO;
    }
    var parts = PART.matcher(trimmed);
    var end = 0;
    var millis = 0.0;
    while (parts.find() && parts.start() == end) {
      millis += Double.parseDouble(parts.group(1)) * millisIn(parts.group(2));
      end = parts.end();
    }
    if (end == 0 || end != trimmed.length()) {
      throw expected(text);
    }
    return Duration.ofMillis(Math.round(millis));
  }

  private static double millisIn(String unit) {
    return switch (unit) {
      case "ms" -> 1;
      case "s" -> 1000;
      case "m" -> 60_000;
      case "h" -> 3_600_000;
      case "d" -> 86_400_000;
      default -> 7 * 86_400_000;
    };
  }

  private static TypeConversionException expected(String text) {
    return new TypeConversionException(
        "expected a duration such as 500ms, 10s, 5m, 1h30m, 7d or 2w, got '" + text + "'");
  }

  /**
   * For people: {@code 420 ms}, {@code 3.2 s}, {@code 3 m 20 s}, {@code 5 h 2 m}, {@code 9 d 3 h}.
   */
  static String of(Duration duration) {
    var millis = duration.toMillis();
    if (millis < 1000) {
      return millis + " ms";
    }
    if (millis < 60_000) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
    if (millis < 3_600_000) {
      return duration.toMinutes() + " m " + duration.toSecondsPart() + " s";
    }
    return duration.toDays() == 0
        ? duration.toHours() + " h " + duration.toMinutesPart() + " m"
        : duration.toDays() + " d " + duration.toHoursPart() + " h";
  }
}
