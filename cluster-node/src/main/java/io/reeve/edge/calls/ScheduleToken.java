package io.reeve.edge.calls;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Where the next page of schedules begins. Opaque to clients; it carries the filter, so that a
 * token cannot be used with another by mistake.
 *
 * @param partition to go on with
 * @param after the last name already listed there; empty: none was
 */
record ScheduleToken(int partition, String after) {

  /** Longer ones name no schedule. */
  private static final int CHARS_MAX = 1024;

  private static final String SEPARATOR = "\n";

  /** The place that {@code text} names; the beginning when it is empty. */
  static ScheduleToken of(String text, String prefix, int partitions) {
    if (text.isEmpty()) {
      return new ScheduleToken(0, "");
    }
    if (text.length() > CHARS_MAX) {
      throw unknown();
    }
    try {
      var parts =
          new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8)
              .split(SEPARATOR, -1);
      var partition = parts.length == 3 ? Integer.parseInt(parts[0]) : -1;
      if (partition < 0 || partition >= partitions) {
        throw unknown();
      }
      if (!parts[2].equals(prefix)) {
        throw EdgeRefusal.invalid(
            "page_token", "expected the filter of the page before, got another filter");
      }
      return new ScheduleToken(partition, parts[1]);
    } catch (IllegalArgumentException notOurs) {
      throw unknown();
    }
  }

  /** The text form, bound to the filter. */
  String text(String prefix) {
    var parts = String.join(SEPARATOR, Integer.toString(partition), after, prefix);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(parts.getBytes(StandardCharsets.UTF_8));
  }

  private static EdgeRefusal unknown() {
    return EdgeRefusal.invalid(
        "page_token", "expected a token of an earlier page, got another text");
  }
}
