package io.reeve.journal;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.CRC32C;

/**
 * A message with a checksum behind it, as field 15 of the same message. Neither SQLite nor every
 * PostgreSQL checks its pages, and a flipped bit in a payload reads well without one; it costs five
 * bytes a row.
 */
final class Sealed {

  /** What the checksum adds: a one-byte tag and four bytes, little-endian. */
  static final int BYTES = 5;

  private static final byte TAG = (15 << 3) | 5;

  private Sealed() {}

  /** The message's bytes, sealed. */
  static byte[] of(MessageLite message) {
    var bytes = new byte[message.getSerializedSize() + BYTES];
    try {
      message.writeTo(CodedOutputStream.newInstance(bytes, 0, bytes.length - BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    seal(bytes);
    return bytes;
  }

  /** Writes the checksum of all bytes before the last five into those. */
  static void seal(byte[] bytes) {
    var size = bytes.length - BYTES;
    var crc = crcOf(bytes, size);
    bytes[size] = TAG;
    for (var i = 0; i < 4; i++) {
      bytes[size + 1 + i] = (byte) (crc >>> (8 * i));
    }
  }

  /** Binds sealed bytes to their place: they open there, and nowhere else. */
  static void bind(byte[] bytes, RowPlace place) {
    var checksum = place.checksum();
    for (var i = 0; i < 4; i++) {
      bytes[bytes.length - 4 + i] ^= (byte) (checksum >>> (8 * i));
    }
  }

  /**
   * The bytes before the checksum, which is right. A view: {@code bytes} must not be changed while
   * it is in use.
   *
   * @throws UnreadableJournalException if the checksum is missing or wrong
   */
  static ByteString open(byte[] bytes) {
    return open(bytes, 0, false);
  }

  /** As {@link #open(byte[])}, for bytes that were bound to a place. */
  static ByteString open(byte[] bytes, RowPlace place) {
    return open(bytes, place.checksum(), false);
  }

  /** As {@link #open(byte[])}, for bytes that were bound to a place, or to none. */
  static ByteString openBoundOrNot(byte[] bytes, RowPlace place) {
    return open(bytes, place.checksum(), true);
  }

  private static ByteString open(byte[] bytes, int ofPlace, boolean orUnbound) {
    var size = bytes.length - BYTES;
    if (size < 0 || bytes[size] != TAG) {
      throw new UnreadableJournalException(
          "expected bytes with a checksum at their end, got " + bytes.length + " without");
    }
    var stored = 0;
    for (var i = 3; i >= 0; i--) {
      stored = stored << 8 | (bytes[size + 1 + i] & 0xff);
    }
    var crc = crcOf(bytes, size) ^ ofPlace;
    if (stored != crc && !(orUnbound && stored == (crc ^ ofPlace))) {
      throw new UnreadableJournalException(
          "expected checksum %08x over %d bytes, got %08x".formatted(stored, size, crc));
    }
    return UnsafeByteOperations.unsafeWrap(bytes).substring(0, size);
  }

  private static int crcOf(byte[] bytes, int size) {
    var crc = new CRC32C();
    crc.update(bytes, 0, size);
    return (int) crc.getValue();
  }
}
