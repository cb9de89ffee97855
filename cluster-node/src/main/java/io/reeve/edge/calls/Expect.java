package io.reeve.edge.calls;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.reeve.domain.TimeBounds;
import java.util.List;
import java.util.Map;

/**
 * Checks of single fields. Each returns the value in our terms or throws an {@link EdgeRefusal}
 * that names the field and says "expected X, got Y".
 */
public final class Expect {

  public static final long DAY_MS = 86_400_000L;

  private static final String ANY = "*";
  private static final int NAMES_MAX = 1_000;
  private static final int SHOWN_MAX = 64;
  private static final long NANOS_PER_S = 1_000_000_000L;

  // The range of google.protobuf.Duration and Timestamp.
  private static final long DURATION_SECONDS_MAX = 315_576_000_000L;
  private static final long TIMESTAMP_SECONDS_MIN = -62_135_596_800L;
  private static final long TIMESTAMP_SECONDS_MAX = 253_402_300_799L;

  private Expect() {}

  /** Text of at most {@code charsMax} characters. */
  public static String text(String field, String value, int charsMax) {
    if (value.length() > charsMax) {
      throw EdgeRefusal.invalid(
          field, "expected at most " + charsMax + " characters, got " + value.length());
    }
    return value;
  }

  /** 1 to {@code charsMax} printable characters, not all of them blank. */
  public static String printable(String field, String value, int charsMax) {
    text(field, value, charsMax);
    if (value.isBlank()) {
      throw EdgeRefusal.invalid(
          field, "expected 1 to " + charsMax + " printable characters, got none");
    }
    for (var i = 0; i < value.length(); i++) {
      var c = value.charAt(i);
      if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
        throw EdgeRefusal.invalid(
            field,
            "expected printable characters, got U+"
                + String.format("%04X", (int) c)
                + " at position "
                + i);
      }
    }
    return value;
  }

  /** 1 to 128 characters of [A-Za-z0-9._:/-]. */
  public static String name(String field, String value) {
    if (value.isEmpty() || value.length() > 128 || !named(value)) {
      throw EdgeRefusal.invalid(
          field, "expected 1 to 128 characters of [A-Za-z0-9._:/-], got " + quoted(value));
    }
    return value;
  }

  /** 1 to 1000 names, or "*" alone. */
  public static List<String> served(String field, List<String> names) {
    between(field, names.size(), 1, NAMES_MAX);
    for (var i = 0; i < names.size(); i++) {
      if (!names.get(i).equals(ANY)) {
        name(field + "[" + i + "]", names.get(i));
      } else if (names.size() > 1) {
        throw EdgeRefusal.invalid(field, "expected \"*\" alone, got it beside others");
      }
    }
    return names;
  }

  /** A capacity or a part of one. */
  public static int capacity(String field, int value, int min, int max) {
    if (value < min || value > max) {
      throw EdgeRefusal.of(
          Reason.CAPACITY_OUT_OF_BOUNDS,
          field,
          "expected " + min + " to " + max + ", got " + value);
    }
    return value;
  }

  public static int between(String field, int value, int min, int max) {
    if (value < min || value > max) {
      throw EdgeRefusal.invalid(field, "expected " + min + " to " + max + ", got " + value);
    }
    return value;
  }

  public static long between(String field, long value, long min, long max) {
    if (value < min || value > max) {
      throw EdgeRefusal.invalid(field, "expected " + min + " to " + max + ", got " + value);
    }
    return value;
  }

  /** NaN is in no range. */
  public static double between(String field, double value, double min, double max) {
    if (!(value >= min && value <= max)) {
      throw EdgeRefusal.invalid(field, "expected " + min + " to " + max + ", got " + value);
    }
    return value;
  }

  /** The duration in milliseconds, parts of one rounded up. */
  public static long millis(String field, Duration value, long minMs, long maxMs) {
    var seconds = value.getSeconds();
    var nanos = value.getNanos();
    if (Math.abs(nanos) >= NANOS_PER_S
        || seconds > DURATION_SECONDS_MAX
        || seconds < -DURATION_SECONDS_MAX
        || (seconds > 0 && nanos < 0)
        || (seconds < 0 && nanos > 0)) {
      throw EdgeRefusal.invalid(
          field, "expected a valid duration, got " + seconds + " s and " + nanos + " ns");
    }
    var ms = TimeBounds.duration(seconds, nanos);
    if (seconds < 0 || nanos < 0 || ms < minMs || ms > maxMs) {
      throw EdgeRefusal.invalid(
          field, "expected " + minMs + " to " + maxMs + " ms, got " + ms + " ms");
    }
    return ms;
  }

  /**
   * The instant in milliseconds since the epoch, parts of one rounded up where that does not leave
   * the year 9999; 0 for any instant before the epoch.
   */
  public static long epochMillis(String field, Timestamp value) {
    var seconds = value.getSeconds();
    var nanos = value.getNanos();
    if (nanos < 0
        || nanos >= NANOS_PER_S
        || seconds < TIMESTAMP_SECONDS_MIN
        || seconds > TIMESTAMP_SECONDS_MAX) {
      throw EdgeRefusal.invalid(
          field, "expected a valid instant, got " + seconds + " s and " + nanos + " ns");
    }
    return TimeBounds.instant(seconds, nanos);
  }

  /** At most 32 labels, names and values of at most 128 characters each. */
  public static void labels(String field, Map<String, String> labels) {
    labels(field, labels, 32);
  }

  /** At most so many labels, names and values of at most 128 characters each. */
  static void labels(String field, Map<String, String> labels, int max) {
    if (labels.size() > max) {
      throw EdgeRefusal.invalid(field, "expected at most " + max + " labels, got " + labels.size());
    }
    labels.forEach(
        (name, value) -> {
          if (name.isEmpty() || name.length() > 128) {
            throw EdgeRefusal.invalid(
                field, "expected names of 1 to 128 characters, got " + name.length());
          }
          if (value.length() > 128) {
            throw EdgeRefusal.invalid(
                field,
                "expected values of at most 128 characters, got "
                    + value.length()
                    + " of "
                    + quoted(name));
          }
        });
  }

  /** The text fit for a message: cut, in quotes, and without characters that are not printable. */
  public static String quoted(String text) {
    var shown = text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "...";
    var quoted = new StringBuilder(shown.length() + 2).append('"');
    for (var i = 0; i < shown.length(); i++) {
      var c = shown.charAt(i);
      quoted.append(c >= ' ' && c <= '~' ? c : '?');
    }
    return quoted.append('"').toString();
  }

  private static boolean named(String value) {
    for (var i = 0; i < value.length(); i++) {
      var c = value.charAt(i);
      var ok =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '.'
              || c == '_'
              || c == ':'
              || c == '/'
              || c == '-';
      if (!ok) {
        return false;
      }
    }
    return true;
  }
}
