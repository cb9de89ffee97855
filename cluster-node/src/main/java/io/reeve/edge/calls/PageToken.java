package io.reeve.edge.calls;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Objects;

/**
 * Where the next page of a listing begins. Opaque to clients; it carries a hash of the filters, so
 * that a token cannot be used with others by mistake.
 *
 * @param partition to go on with
 * @param after highest sequence number already looked at there
 */
record PageToken(int partition, long after) {

  private static final int BYTES = Integer.BYTES + Long.BYTES + Integer.BYTES;

  /** The place that {@code query} names; the beginning when it names none. */
  static PageToken of(TaskQuery query, int partitions) {
    var text = query.pageToken();
    if (text.isEmpty()) {
      return new PageToken(0, 0);
    }
    var bytes = decoded(text);
    if (bytes.remaining() != BYTES) {
      throw unknown();
    }
    var token = new PageToken(bytes.getInt(), bytes.getLong());
    if (token.partition < 0 || token.partition >= partitions || token.after < 0) {
      throw unknown();
    }
    if (bytes.getInt() != filters(query)) {
      throw EdgeRefusal.invalid(
          "page_token", "expected the filters of the page before, got other filters");
    }
    return token;
  }

  /** The text form, bound to the filters of {@code query}. */
  String text(TaskQuery query) {
    var bytes = ByteBuffer.allocate(BYTES).putInt(partition).putLong(after).putInt(filters(query));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  private static int filters(TaskQuery query) {
    return Objects.hash(
        // By name: the hash of an enum differs from process to process.
        query.states().stream().map(Enum::name).sorted().toList(),
        query.queue(),
        query.kind(),
        query.tenant(),
        "filters of version 1");
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
