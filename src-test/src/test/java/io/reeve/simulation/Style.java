package io.reeve.simulation;

import com.google.protobuf.WireFormat;
import io.reeve.v1.TaskSpec;
import java.util.List;

/** How the handler of a task behaves; the first byte of its payload. */
enum Style {
  /** Done in some milliseconds. */
  QUICK,
  /** Done in seconds. */
  SLOW,
  /** Fails every other time. */
  FLAKY,
  /** Always fails. */
  BROKEN,
  /** Fails for good. */
  FATAL,
  /** The first attempt never returns. */
  HANGS,
  /** The first attempts are handed back. */
  SHY,
  /** Kills its worker. */
  KILLS;

  private static final List<Style> ALL = List.of(values());

  private static final byte PAYLOAD_TAG =
      (byte) (TaskSpec.PAYLOAD_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED);

  static Style of(byte[] spec) {
    return ALL.get(spec[2] % ALL.size());
  }

  /**
   * The specification of a task that behaves so.
   *
   * @param mark tells it from others
   */
  byte[] spec(int mark) {
    return new byte[] {PAYLOAD_TAG, 2, (byte) ALL.indexOf(this), (byte) mark};
  }
}
