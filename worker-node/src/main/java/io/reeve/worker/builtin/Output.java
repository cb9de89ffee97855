package io.reeve.worker.builtin;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Bytes that a command or a server wrote.
 *
 * @param bytes the beginning of them
 * @param truncated whether there were more
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Output(byte[] bytes, boolean truncated) {

  /** How bytes become a text of JSON. */
  enum Encoding {
    /** UTF-8; a byte that is not UTF-8 becomes U+FFFD. */
    TEXT,
    /** Base64, which keeps every byte. */
    BASE64
  }

  /** A text for JSON, and whether some of the bytes are not in it. */
  record Written(String text, boolean truncated) {}

  /** The bytes as UTF-8, without the first bytes of a character whose rest was cut off. */
  String text() {
    var end = truncated ? endOfLastCharacter() : bytes.length;
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  /** How many bytes of JSON the whole takes, without the quotes. */
  long jsonBytes(Encoding encoding) {
    return switch (encoding) {
      case TEXT -> JsonSize.of(text());
      case BASE64 -> (bytes.length + 2L) / 3 * 4;
    };
  }

  /** As much of the beginning as fits into a number of bytes of JSON, without the quotes. */
  Written write(Encoding encoding, long jsonBytesMax) {
    return switch (encoding) {
      case TEXT -> {
        var all = text();
        var fits = JsonSize.cut(all, jsonBytesMax);
        yield new Written(fits, truncated || fits.length() < all.length());
      }
      case BASE64 -> {
        var fits = (int) Math.min(bytes.length, Math.max(0, jsonBytesMax) / 4 * 3);
        var cut = Arrays.copyOf(bytes, fits);
        yield new Written(
            Base64.getEncoder().encodeToString(cut), truncated || fits < bytes.length);
      }
    };
  }

  private int endOfLastCharacter() {
    // A character of UTF-8 has at most 4 bytes: look for its first byte among the last 3.
    for (int back = 1; back <= Math.min(3, bytes.length); back++) {
      int first = bytes[bytes.length - back] & 0xFF;
      if ((first & 0xC0) == 0x80) {
        continue;
      }
      int length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
      return length > back ? bytes.length - back : bytes.length;
    }
    return bytes.length;
  }
}
