package io.reeve.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes plain values as JSON: maps with string keys, iterables, strings, numbers, booleans, null.
 *
 * <p>Enough for a payload without a JSON library. A caller with objects to map uses a library of
 * its own and passes the text.
 */
final class JsonText {

  private JsonText() {}

  static String of(@Nullable Object value) {
    var out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(@Nullable Object value, StringBuilder out) {
    if (value == null || value instanceof Boolean) {
      out.append(value);
    } else if (value instanceof Number number) {
      writeNumber(number, out);
    } else if (value instanceof CharSequence text) {
      writeString(text, out);
    } else if (value instanceof Map<?, ?> map) {
      writeMap(map, out);
    } else if (value instanceof Iterable<?> values) {
      var separator = "[";
      for (var element : values) {
        out.append(separator);
        write(element, out);
        separator = ",";
      }
      out.append(separator.equals("[") ? "[]" : "]");
    } else {
      throw new IllegalArgumentException(
          "expected a map, list, string, number, boolean or null, got "
              + value.getClass().getName());
    }
  }

  private static void writeNumber(Number number, StringBuilder out) {
    if (!Double.isFinite(number.doubleValue())) {
      throw new IllegalArgumentException("expected a finite number, got " + number);
    }
    out.append(number);
  }

  private static void writeMap(Map<?, ?> map, StringBuilder out) {
    var separator = "{";
    for (var entry : map.entrySet()) {
      if (!(entry.getKey() instanceof String key)) {
        throw new IllegalArgumentException("expected string keys, got " + entry.getKey());
      }
      out.append(separator);
      writeString(key, out);
      out.append(':');
      write(entry.getValue(), out);
      separator = ",";
    }
    out.append(separator.equals("{") ? "{}" : "}");
  }

  private static void writeString(CharSequence text, StringBuilder out) {
    out.append('"');
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
