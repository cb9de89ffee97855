package io.reeve.edge.calls;

import io.reeve.v1.DeadLetterFilter;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;

/**
 * Where the next step of a walk over dead letters begins. Opaque to clients. It carries the instant
 * of the first step, and a hash of the filter, so that a token cannot be used with another one by
 * mistake.
 *
 * @param partition to go on with
 * @param after highest sequence number already looked at there
 * @param asOfMs dead letters that died later are not meant
 */
record DeadPageToken(int partition, long after, long asOfMs) {

  private static final int BYTES = Integer.BYTES + 2 * Long.BYTES + Integer.BYTES;

  /**
   * The place that a token names; the beginning, as of now, when it is empty.
   *
   * @param partitions there are
   */
  static DeadPageToken of(String text, DeadLetterFilter filter, int partitions, long nowMs) {
    if (text.isEmpty()) {
      return new DeadPageToken(0, 0, nowMs);
    }
    var bytes = decoded(text);
    if (bytes.remaining() != BYTES) {
      throw unknown();
    }
    var token = new DeadPageToken(bytes.getInt(), bytes.getLong(), bytes.getLong());
    if (token.partition < 0 || token.partition >= partitions || token.after < 0) {
      throw unknown();
    }
    if (bytes.getInt() != hash(filter)) {
      throw EdgeRefusal.invalid(
          "page_token", "expected the filter of the page before, got another filter");
    }
    return token;
  }

  /** The text form, bound to the filter. */
  String text(DeadLetterFilter filter) {
    var bytes =
        ByteBuffer.allocate(BYTES)
            .putInt(partition)
            .putLong(after)
            .putLong(asOfMs)
            .putInt(hash(filter));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  DeadPageToken at(long sequence) {
    return new DeadPageToken(partition, sequence, asOfMs);
  }

  DeadPageToken nextPartition() {
    return new DeadPageToken(partition + 1, 0, asOfMs);
  }

  private static int hash(DeadLetterFilter filter) {
    return Arrays.hashCode(filter.toByteArray());
  }

  private static ByteBuffer decoded(String text) {
    try {
      return ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw unknown();
    }
  }

  private static EdgeRefusal unknown() {
    return EdgeRefusal.invalid(
        "page_token", "expected a token of an earlier page, got another text");
  }
}
