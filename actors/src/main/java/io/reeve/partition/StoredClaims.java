package io.reeve.partition;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Duration;
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
 * Reads from the stored bytes of a specification what its task claims to be the only one of. The
 * edge has checked them.
 */
final class StoredClaims {

  private StoredClaims() {}

  /**
   * The claim of a task that is to be repeated; null: it has none. Whoever repeats a task replaces
   * none.
   */
  static @Nullable UniqueClaim of(byte[] spec, String tenant) {
    var input = CodedInputStream.newInstance(spec);
    try {
      @Nullable UniqueClaim claim = null;
      for (var tag = input.readTag(); tag != 0; tag = input.readTag()) {
        if (WireFormat.getTagFieldNumber(tag) == TaskSpec.UNIQUE_FIELD_NUMBER) {
          claim = claim(CodedInputStream.newInstance(input.readByteArray()), tenant);
        } else {
          input.skipField(tag);
        }
      }
      return claim;
    } catch (IOException e) {
      throw new IllegalStateException("expected a stored specification, got other bytes", e);
    }
  }

  private static UniqueClaim claim(CodedInputStream input, String tenant) throws IOException {
    var key = "";
    var scope = UniqueScope.UNTIL_ENDED;
    var period = Duration.getDefaultInstance();
    for (var tag = input.readTag(); tag != 0; tag = input.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case Unique.KEY_FIELD_NUMBER -> key = input.readStringRequireUtf8();
        case Unique.SCOPE_FIELD_NUMBER -> scope = scope(input.readEnum());
        case Unique.PERIOD_FIELD_NUMBER -> period = Duration.parseFrom(input.readByteArray());
        default -> input.skipField(tag);
      }
    }
    return new UniqueClaim(
        new UniqueKey(tenant, key),
        scope,
        TimeBounds.duration(period.getSeconds(), period.getNanos()),
        OnCollision.REFUSE);
  }

  private static UniqueScope scope(int number) {
    return switch (number) {
      case io.reeve.v1.UniqueScope.UNIQUE_SCOPE_WHILE_WAITING_VALUE -> UniqueScope.WHILE_WAITING;
      case io.reeve.v1.UniqueScope.UNIQUE_SCOPE_FOR_PERIOD_VALUE -> UniqueScope.FOR_PERIOD;
      default -> UniqueScope.UNTIL_ENDED;
    };
  }
}
