package io.reeve.domain.task;

/**
 * Failures that a person takes for one: those of one kind, type and code whose messages differ only
 * in numbers, ids and quoted parts.
 *
 * @param message the first line, masked, of at most {@link #MESSAGE_MAX} characters
 */
public record ErrorGroup(String kind, FailureType type, String code, String message) {

  /** Characters of a masked message. */
  public static final int MESSAGE_MAX = 200;

  /** Characters of a line that are looked at. */
  private static final int LINE_MAX = 2_000;

  private static final int HEX_MIN = 8;
  private static final int UUID_LENGTH = 36;
  private static final char NUMBER = '#';
  private static final char ANYTHING = '*';

  /** The group of a failure of a task of this kind. */
  public static ErrorGroup of(String kind, Failure failure) {
    return new ErrorGroup(kind, failure.type(), failure.code(), masked(failure.message()));
  }

  /**
   * A number for the group, never 0. Two groups have the same by accident only, and it stays the
   * same over releases.
   */
  public long fingerprint() {
    var hash = 0xcbf29ce484222325L;
    hash = add(hash, kind);
    hash = add(hash, Integer.toString(type.number()));
    hash = add(hash, code);
    hash = add(hash, message);
    return hash == 0 ? 1 : hash;
  }

  /** FNV-1a over the characters, each text with its end, then a mix of the bits. */
  private static long add(long before, String text) {
    var hash = before;
    for (var i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ 0xffff_ffffL) * 0x100000001b3L;
    return hash ^ (hash >>> 29);
  }

  /** The first line with each number as {@code #}, and ids and quoted parts as {@code *}. */
  static String masked(String message) {
    var line = firstLine(message);
    var out = new StringBuilder(Math.min(line.length(), MESSAGE_MAX));
    var at = 0;
    while (at < line.length() && out.length() < MESSAGE_MAX) {
      var c = line.charAt(at);
      var quoted = isQuote(line, at) ? line.indexOf(c, at + 1) : -1;
      if (quoted > 0) {
        out.append(c).append(ANYTHING).append(c);
        at = quoted + 1;
      } else if (isWordPart(c)) {
        at = maskWord(line, at, out);
      } else {
        out.append(c);
        at++;
      }
    }
    if (out.length() > MESSAGE_MAX) {
      out.setLength(MESSAGE_MAX);
    }
    // Half a character would come to another node as another one, and give the group two numbers.
    if (!out.isEmpty() && Character.isHighSurrogate(out.charAt(out.length() - 1))) {
      out.setLength(out.length() - 1);
    }
    return out.toString().strip();
  }

  private static String firstLine(String message) {
    var text = message.length() <= LINE_MAX ? message : message.substring(0, LINE_MAX);
    return text.lines().map(String::strip).filter(line -> !line.isEmpty()).findFirst().orElse("");
  }

  /** An apostrophe within a word is no quote. */
  private static boolean isQuote(String line, int at) {
    var c = line.charAt(at);
    return c == '"'
        || c == '`'
        || (c == '\'' && (at == 0 || !Character.isLetterOrDigit(line.charAt(at - 1))));
  }

  /** Appends the word at this place, masked; returns the place behind it. */
  private static int maskWord(String line, int from, StringBuilder out) {
    if (isUuid(line, from)) {
      out.append(ANYTHING);
      return from + UUID_LENGTH;
    }
    var to = from;
    var hex = true;
    while (to < line.length() && isWordPart(line.charAt(to))) {
      hex &= isHex(line.charAt(to));
      to++;
    }
    if (hex && to - from >= HEX_MIN) {
      out.append(allDigits(line, from, to) ? NUMBER : ANYTHING);
      return to;
    }
    for (var i = from; i < to; i++) {
      var c = line.charAt(i);
      if (!isDigit(c)) {
        out.append(c);
      } else if (i == from || !isDigit(line.charAt(i - 1))) {
        out.append(NUMBER);
      }
    }
    return to;
  }

  private static boolean isUuid(String line, int from) {
    var to = from + UUID_LENGTH;
    if (to > line.length() || (to < line.length() && isWordPart(line.charAt(to)))) {
      return false;
    }
    for (var i = 0; i < UUID_LENGTH; i++) {
      var c = line.charAt(from + i);
      var dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (dash ? c != '-' : !isHex(c)) {
        return false;
      }
    }
    return true;
  }

  private static boolean allDigits(String line, int from, int to) {
    for (var i = from; i < to; i++) {
      if (!isDigit(line.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isWordPart(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isHex(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }
}
