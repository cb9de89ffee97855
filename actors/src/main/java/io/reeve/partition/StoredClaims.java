package io.reeve.partition;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Duration;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.WireFormat;
import io.reeve.domain.TimeBounds;
import io.reeve.domain.task.OnCollision;
import io.reeve.domain.task.UniqueClaim;
import io.reeve.domain.task.UniqueKey;
import io.reeve.domain.task.UniqueScope;
import io.reeve.v1.TaskSpec;
import io.reeve.v1.Unique;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads from the stored bytes of a specification what its task claims to be the only one of.
 *
 * <p>It has to read what the edge read there. So it merges a field that comes twice, and passes
 * over one of another wire type, as protobuf does. Bytes from before there were claims were never
 * checked.
 */
final class StoredClaims {

  private static final int CLAIM = bytes(TaskSpec.UNIQUE_FIELD_NUMBER);
  private static final int KEY = bytes(Unique.KEY_FIELD_NUMBER);
  private static final int SCOPE = Unique.SCOPE_FIELD_NUMBER << 3 | WireFormat.WIRETYPE_VARINT;
  private static final int PERIOD = bytes(Unique.PERIOD_FIELD_NUMBER);

  private final Duration.Builder period = Duration.newBuilder();
  private String key = "";
  private int scope;
  private boolean claims;

  private StoredClaims() {}

  private static int bytes(int field) {
    return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  /**
   * The claim of a task that is to be repeated; null: it has none. Whoever repeats a task replaces
   * none.
   *
   * @throws IOException when the bytes are none that an edge accepts as a claim
   */
  static @Nullable UniqueClaim of(byte[] spec, String tenant) throws IOException {
    var stored = new StoredClaims();
    stored.read(CodedInputStream.newInstance(spec));
    return stored.claims ? stored.claim(tenant) : null;
  }

  private void read(CodedInputStream input) throws IOException {
    for (var tag = input.readTag(); tag != 0; tag = input.readTag()) {
      if (tag == CLAIM) {
        claims = true;
        merge(CodedInputStream.newInstance(input.readByteArray()));
      } else {
        input.skipField(tag);
      }
    }
  }

  private void merge(CodedInputStream input) throws IOException {
    for (var tag = input.readTag(); tag != 0; tag = input.readTag()) {
      if (tag == KEY) {
        key = input.readStringRequireUtf8();
      } else if (tag == SCOPE) {
        scope = input.readEnum();
      } else if (tag == PERIOD) {
        input.readMessage(period, ExtensionRegistryLite.getEmptyRegistry());
      } else {
        input.skipField(tag);
      }
    }
  }

  private UniqueClaim claim(String tenant) throws IOException {
    if (key.isBlank() || key.length() > UniqueKey.CHARS_MAX) {
      throw new IOException(
          "expected a key of 1 to %d characters, got %d"
              .formatted(UniqueKey.CHARS_MAX, key.length()));
    }
    return new UniqueClaim(
        new UniqueKey(tenant, key),
        scope(),
        TimeBounds.duration(period.getSeconds(), period.getNanos()),
        OnCollision.REFUSE);
  }

  private UniqueScope scope() {
    return switch (scope) {
      case io.reeve.v1.UniqueScope.UNIQUE_SCOPE_WHILE_WAITING_VALUE -> UniqueScope.WHILE_WAITING;
      case io.reeve.v1.UniqueScope.UNIQUE_SCOPE_FOR_PERIOD_VALUE -> UniqueScope.FOR_PERIOD;
      default -> UniqueScope.UNTIL_ENDED;
    };
  }
}
