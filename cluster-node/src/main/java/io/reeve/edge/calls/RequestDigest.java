package io.reeve.edge.calls;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.reeve.v1.TaskSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether two submissions under one request id are the same: 64 bits of SHA-256 over the
 * specs in order, each behind its length so that no two lists read alike.
 *
 * <p>A keyless fast hash would let a client build two bodies that collide, and have the second
 * swallowed as a repeat. A prefix of SHA-256 makes that 2^64 tries for a given body, at the price
 * of about 1 ns a byte, paid only by calls that carry a request id.
 */
final class RequestDigest {

  private final @Nullable MessageDigest sha256;

  private RequestDigest(@Nullable MessageDigest sha256) {
    this.sha256 = sha256;
  }

  /** For a call under {@code requestId}; without one nothing is computed. */
  static RequestDigest of(String requestId) {
    return new RequestDigest(requestId.isEmpty() ? null : sha256());
  }

  /**
   * Adds a spec, given also parsed. Labels are maps, which some languages write in another order
   * each time; so a spec with several is brought into a fixed order first, lest a true repeat be
   * refused.
   */
  void add(TaskSpec spec, ByteString bytes) {
    if (sha256 == null) {
      return;
    }
    if (spec.getLabelsCount() > 1 || spec.getRequiresCount() > 1) {
      var ordered = inFixedOrder(spec);
      addLength(sha256, ordered.length);
      sha256.update(ordered);
    } else {
      addLength(sha256, bytes.size());
      for (var part : bytes.asReadOnlyByteBufferList()) {
        sha256.update(part);
      }
    }
  }

  /** The digest of all that was added; 0 without a request id. */
  long value() {
    return sha256 == null ? 0 : ByteBuffer.wrap(sha256.digest()).getLong();
  }

  private static void addLength(MessageDigest digest, int length) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(length).flip());
  }

  /** The bytes of the spec, which do not depend on the order in which its labels came. */
  static byte[] inFixedOrder(TaskSpec spec) {
    var bytes = new ByteArrayOutputStream(spec.getSerializedSize());
    var out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      spec.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
