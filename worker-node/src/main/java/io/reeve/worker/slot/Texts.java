package io.reeve.worker.slot;

import java.nio.charset.StandardCharsets;

/** Cuts texts to the protocol's bounds without splitting a character. */
final class Texts {

  private Texts() {}

  /** The beginning of a text, at most this many UTF-16 units. */
  static String cut(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    var end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
    return text.substring(0, end);
  }

  /** The beginning of a text, at most this many bytes of UTF-8. */
  static String cutBytes(String text, int max) {
    if (text.length() <= max / 3) {
      return text;
    }
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= max) {
      return text;
    }
    var end = max;
    while (end > 0 && (bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
