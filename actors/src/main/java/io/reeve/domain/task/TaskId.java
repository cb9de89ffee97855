package io.reeve.domain.task;

import java.util.Optional;

/**
 * Names a task for ever: the partition that owns it, and its number there. The text form is {@code
 * <partition>-<sequence>} in decimal, and opaque to clients.
 *
 * @param partition 0 to 65535
 * @param sequence from 1
 */
public record TaskId(int partition, long sequence) {

  /** Partitions are numbered below this. */
  public static final int PARTITIONS_MAX = 65_536;

  private static final int SEQUENCE_DIGITS_MAX = 18;

  public TaskId {
    if (partition < 0 || partition >= PARTITIONS_MAX || sequence < 1) {
      throw new IllegalArgumentException(
          "expected a partition of 0 to 65535 and a sequence from 1, got "
              + partition
              + " and "
              + sequence);
    }
  }

  /** The id with this text, or nothing when the text is not the canonical form of one. */
  public static Optional<TaskId> parse(String text) {
    var dash = text.indexOf('-');
    if (dash < 1 || dash > 5) {
      return Optional.empty();
    }
    var partition = number(text, 0, dash, 5);
    var sequence = number(text, dash + 1, text.length(), SEQUENCE_DIGITS_MAX);
    return partition < 0 || partition >= PARTITIONS_MAX || sequence < 1
        ? Optional.empty()
        : Optional.of(new TaskId((int) partition, sequence));
  }

  @Override
  public String toString() {
    return partition + "-" + sequence;
  }

  /** The decimal number in text[from, to), or -1 when it is not one in canonical form. */
  private static long number(String text, int from, int to, int digitsMax) {
    var digits = to - from;
    if (digits < 1 || digits > digitsMax || (text.charAt(from) == '0' && digits > 1)) {
      return -1;
    }
    var value = 0L;
    for (var i = from; i < to; i++) {
      var digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
