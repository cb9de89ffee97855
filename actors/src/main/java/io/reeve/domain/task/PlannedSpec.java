package io.reeve.domain.task;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The specification of a task that a schedule makes: the bytes of the template, and behind them the
 * fields {@code schedule_name} and {@code planned_at} of reeve.v1.TaskSpec. In protobuf, what
 * stands behind a message in the same bytes is merged into it, so the template need not be read.
 */
public final class PlannedSpec {

  /** Field 15 with a length. */
  private static final int SCHEDULE_NAME = (15 << 3) | 2;

  /** Field 16 with a length, in two bytes. */
  private static final int PLANNED_AT = (16 << 3) | 2;

  /** Field 1 of google.protobuf.Timestamp, a number. */
  private static final int SECONDS = 1 << 3;

  /** Field 2 of google.protobuf.Timestamp, a number. */
  private static final int NANOS = 2 << 3;

  /** A timestamp up to the year 9999 with nanoseconds, and the tags and lengths of both fields. */
  private static final int OVERHEAD = 24;

  private byte[] bytes;
  private int size;

  private PlannedSpec(byte[] template, int room) {
    this.bytes = Arrays.copyOf(template, template.length + room);
    this.size = template.length;
  }

  /** Bytes that {@link #of} adds to a template, at most. */
  public static int bytesMax(String scheduleName) {
    return OVERHEAD + 3 * scheduleName.length();
  }

  /**
   * The specification of one run.
   *
   * @param plannedMs milliseconds since the epoch; not negative
   */
  public static byte[] of(byte[] template, String scheduleName, long plannedMs) {
    var name = scheduleName.getBytes(StandardCharsets.UTF_8);
    var spec = new PlannedSpec(template, OVERHEAD + name.length);
    spec.varint(SCHEDULE_NAME);
    spec.varint(name.length);
    System.arraycopy(name, 0, spec.bytes, spec.size, name.length);
    spec.size += name.length;
    spec.varint(PLANNED_AT);
    var lengthAt = spec.size++;
    spec.number(SECONDS, plannedMs / 1_000);
    spec.number(NANOS, plannedMs % 1_000 * 1_000_000);
    spec.bytes[lengthAt] = (byte) (spec.size - lengthAt - 1);
    return Arrays.copyOf(spec.bytes, spec.size);
  }

  /** A field that is left out where it is 0. */
  private void number(int tag, long value) {
    if (value != 0) {
      varint(tag);
      varint(value);
    }
  }

  private void varint(long value) {
    var rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[size++] = (byte) ((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }
}
