package io.reeve.worker.builtin;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.List;

/**
 * Tells whether Java passes a text to another program unchanged. It encodes arguments, variables
 * and file names in the locale's encoding, and replaces every letter that the encoding lacks: in
 * the locale C that is every letter beyond ASCII.
 */
final class NativeText {

  private final List<Charset> charsets;

  /**
   * @param charsets that a text may be encoded in
   */
  NativeText(List<Charset> charsets) {
    this.charsets = charsets.stream().distinct().toList();
  }

  static NativeText ofThisJvm() {
    // Until JDK 17 arguments are encoded in the default charset, and file names in this one; since
    // JDK 18 both are in this one.
    var names = charset(System.getProperty("sun.jnu.encoding", "US-ASCII"));
    return new NativeText(
        Runtime.version().feature() < 18
            ? List.of(names, Charset.defaultCharset())
            : List.of(names));
  }

  boolean passesOn(String text) {
    return text.indexOf('\0') < 0
        && charsets.stream().allMatch(charset -> charset.newEncoder().canEncode(text));
  }

  @Override
  public String toString() {
    return charsets.toString();
  }

  private static Charset charset(String name) {
    try {
      return Charset.forName(name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
      return StandardCharsets.US_ASCII;
    }
  }
}
