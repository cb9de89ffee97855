package io.reeve.cli;

import com.google.protobuf.Timestamp;
import io.reeve.client.TaskStates;
import io.reeve.v1.Priority;
import io.reeve.v1.Task;
import io.reeve.v1.Unique;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Values of the protocol as people read them. */
final class Words {

  private static final DateTimeFormatter INSTANT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Words() {}

  static String instant(Timestamp timestamp) {
    return INSTANT.format(toInstant(timestamp));
  }

  static Instant toInstant(Timestamp timestamp) {
    return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos())
        .truncatedTo(ChronoUnit.MILLIS);
  }

  static Duration toDuration(com.google.protobuf.Duration duration) {
    return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
  }

  static String state(Task task) {
    return TaskStates.name(task.getState());
  }

  static String priority(Priority priority) {
    return switch (priority) {
      case PRIORITY_LOW -> "low";
      case PRIORITY_HIGH -> "high";
      case PRIORITY_CRITICAL -> "critical";
      case PRIORITY_UNSPECIFIED, PRIORITY_NORMAL, UNRECOGNIZED -> "normal";
    };
  }

  /** As {@code name=value}, in the order of the names. */
  static String labels(Map<String, String> labels, String between) {
    return labels.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(label -> printable(label.getKey() + "=" + label.getValue()))
        .collect(Collectors.joining(between));
  }

  /** The key and how long the task holds it; empty without one. */
  static String unique(Unique unique) {
    if (unique.getKey().isEmpty()) {
      return "";
    }
    var period = unique.hasPeriod() ? " " + DurationText.of(toDuration(unique.getPeriod())) : "";
    return printable(unique.getKey()) + ", " + scope(unique).replace('-', ' ') + period;
  }

  /** How long a task holds its key, as on the command line; empty without a key. */
  static String scope(Unique unique) {
    if (unique.getKey().isEmpty()) {
      return "";
    }
    return switch (unique.getScope()) {
      case UNIQUE_SCOPE_WHILE_WAITING -> "while-waiting";
      case UNIQUE_SCOPE_FOR_PERIOD -> "for-period";
      case UNIQUE_SCOPE_UNSPECIFIED, UNIQUE_SCOPE_UNTIL_ENDED, UNRECOGNIZED -> "until-ended";
    };
  }

  /** Text of others made safe for a terminal: control characters shown, never obeyed. */
  static String printable(String text) {
    var out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              var type = Character.getType(c);
              if (type == Character.CONTROL || type == Character.FORMAT) {
                out.append(String.format(Locale.ROOT, "\\u%04x", c));
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.toString();
  }

  /** As {@link #printable}, with line breaks and tabs kept. */
  static String printableLines(String text) {
    return text.lines()
        .map(line -> printable(line.replace("\t", "    ")))
        .collect(java.util.stream.Collectors.joining("\n"));
  }
}
