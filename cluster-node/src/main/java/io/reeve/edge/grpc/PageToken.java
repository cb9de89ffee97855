package io.reeve.edge.grpc;

import io.reeve.v1.ListTasksRequest;
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

  /** The place that {@code request} names; the beginning when it names none. */
  static PageToken of(ListTasksRequest request, int partitions) {
    var text = request.getPageToken();
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
    if (bytes.getInt() != filters(request)) {
      throw EdgeRefusal.invalid(
          "page_token", "expected the filters of the page before, got other filters");
    }
    return token;
  }

  /** The text form, bound to the filters of {@code request}. */
  String text(ListTasksRequest request) {
    var bytes =
        ByteBuffer.allocate(BYTES).putInt(partition).putLong(after).putInt(filters(request));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  private static int filters(ListTasksRequest request) {
    return Objects.hash(
        request.getStatesValueList(),
        request.getQueue(),
        request.getKind(),
        request.getTenant(),
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
