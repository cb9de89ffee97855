package io.reeve.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as people write them: {@code 500ms}, {@code 10s}, {@code 1h30m}, {@code 7d}. */
public final class DurationText implements ITypeConverter<Duration> {

  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|d|h|m|s)");

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
      default -> 86_400_000;
    };
  }

  private static TypeConversionException expected(String text) {
    return new TypeConversionException(
        "expected a duration such as 500ms, 10s, 5m, 1h30m or 7d, got '" + text + "'");
  }

  /** For people, with two digits that matter: {@code 0.42 s}, {@code 3 m 20 s}. */
  static String of(Duration duration) {
    var millis = duration.toMillis();
    if (millis < 1000) {
      return millis + " ms";
    }
    if (millis < 60_000) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
    return duration.toMinutes() + " m " + duration.toSecondsPart() + " s";
  }
}
