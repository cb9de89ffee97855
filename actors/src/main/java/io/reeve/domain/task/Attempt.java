package io.reeve.domain.task;

import java.nio.charset.StandardCharsets;

/**
 * An attempt that failed, for a person who has to decide about its task.
 *
 * @param number of the attempt, from 1
 * @param workerId of the worker that had the lease
 * @param startedAtMs when the lease began
 * @param endedAtMs when the attempt failed
 * @param failure with a message of at most {@link #MESSAGE_BYTES_MAX}
 */
public record Attempt(
    int number, String workerId, long startedAtMs, long endedAtMs, Failure failure) {

  /** Bytes of a message that stay, in UTF-8. */
  public static final int MESSAGE_BYTES_MAX = 1024;

  /** Characters of a code that stay. */
  static final int CODE_CHARS_MAX = 128;

  /** Heap bytes of an attempt beside its texts: the records, the texts' heads, its place. */
  private static final int OVERHEAD = 160;

  /** An attempt that ends now, with its failure cut. */
  static Attempt ended(
      int number, String workerId, long startedAtMs, long endedAtMs, Failure failure) {
    return new Attempt(number, workerId, startedAtMs, endedAtMs, cut(failure));
  }

  /** Heap bytes, about. */
  int bytes() {
    return OVERHEAD + failure.message().length() + failure.code().length();
  }

  /** The same failure if it is short, so that a task has it once. */
  private static Failure cut(Failure failure) {
    var message = cut(failure.message());
    var code =
        failure.code().length() <= CODE_CHARS_MAX
            ? failure.code()
            : failure.code().substring(0, CODE_CHARS_MAX);
    return message.length() == failure.message().length()
            && code.length() == failure.code().length()
        ? failure
        : new Failure(failure.type(), message, code);
  }

  private static String cut(String text) {
    // A char has three bytes at most, so most texts are short enough without a look at each.
    if (text.length() * 3 <= MESSAGE_BYTES_MAX) {
      return text;
    }
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= MESSAGE_BYTES_MAX) {
      return text;
    }
    var end = MESSAGE_BYTES_MAX;
    while ((bytes[end] & 0xc0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}
