package io.reeve.worker.builtin;

/** How many bytes a text takes as JSON in UTF-8, without the quotes around it. */
final class JsonSize {

  private JsonSize() {}

  static long of(String text) {
    long size = 0;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      size += of(text.codePointAt(i));
    }
    return size;
  }

  /** The longest beginning of a text that takes at most this many bytes. */
  static String cut(String text, long max) {
    long size = 0;
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      size += of(codePoint);
      if (size > max) {
        return text.substring(0, i);
      }
      i += Character.charCount(codePoint);
    }
    return text;
  }

  private static int of(int codePoint) {
    if (codePoint < 0x20) {
      return switch (codePoint) {
        case '\b', '\t', '\n', '\f', '\r' -> 2;
        default -> 6;
      };
    }
    if (codePoint == '"' || codePoint == '\\') {
      return 2;
    }
    if (codePoint < 0x80) {
      return 1;
    }
    if (codePoint < 0x800) {
      return 2;
    }
    return codePoint < 0x10000 ? 3 : 4;
  }
}
