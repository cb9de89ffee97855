package io.reeve.journal;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.reeve.domain.rules.EpochStarted;
import io.reeve.domain.rules.QueueSet;
import io.reeve.domain.rules.Recorded;
import io.reeve.journal.v1.DispatcherSnapshot;
import java.io.NotSerializableException;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Stores the journal of the dispatcher: {@link EpochStarted} under the manifest {@code e1}, {@link
 * QueueSet} under {@code e2}, and a snapshot under {@code e3}.
 *
 * <p>A release that does not know a manifest cannot recover the dispatcher. So no older release
 * leads where a rule is set that it would not keep.
 */
public final class DispatcherSerializer extends SerializerWithStringManifest {

  private static final int IDENTIFIER = 746_002;
  private static final String EPOCH = "e1";
  private static final String QUEUE = "e2";
  private static final String SNAPSHOT = "e3";

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object object) {
    if (object instanceof EpochStarted) {
      return EPOCH;
    }
    if (object instanceof QueueSet) {
      return QUEUE;
    }
    if (object instanceof Recorded) {
      return SNAPSHOT;
    }
    throw noStoredForm(object);
  }

  @Override
  public byte[] toBinary(Object object) {
    return stored(object).toByteArray();
  }

  private static MessageLite stored(Object object) {
    if (object instanceof EpochStarted started) {
      return io.reeve.journal.v1.EpochStarted.newBuilder()
          .setEpoch(started.epoch())
          .setAtMs(started.atMs())
          .setNode(started.node())
          .build();
    }
    if (object instanceof QueueSet set) {
      return StoredRules.stored(set);
    }
    if (object instanceof Recorded recorded) {
      return StoredRules.stored(recorded);
    }
    throw noStoredForm(object);
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    try {
      return switch (manifest) {
        case EPOCH -> epochOf(io.reeve.journal.v1.EpochStarted.parseFrom(bytes));
        case QUEUE -> StoredRules.setOf(io.reeve.journal.v1.QueueSet.parseFrom(bytes));
        case SNAPSHOT -> StoredRules.recordedOf(DispatcherSnapshot.parseFrom(bytes));
        default ->
            throw new NotSerializableException(
                "expected manifest %s, %s or %s, got %s: written by a release newer than this one"
                    .formatted(EPOCH, QUEUE, SNAPSHOT, manifest));
      };
    } catch (InvalidProtocolBufferException e) {
      var failure =
          new NotSerializableException(
              "expected what manifest " + manifest + " stands for, got other bytes");
      failure.initCause(e);
      throw failure;
    }
  }

  private static EpochStarted epochOf(io.reeve.journal.v1.EpochStarted stored) {
    return new EpochStarted(stored.getEpoch(), stored.getAtMs(), stored.getNode());
  }

  private static IllegalArgumentException noStoredForm(Object object) {
    return new IllegalArgumentException(
        "expected an EpochStarted, a QueueSet or a Recorded, got " + object.getClass().getName());
  }
}
