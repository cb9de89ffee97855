package io.reeve.journal;

import com.google.protobuf.InvalidProtocolBufferException;
import io.reeve.domain.dispatch.EpochStarted;
import java.io.NotSerializableException;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/** Stores {@link EpochStarted} under the manifest {@code e1}. */
public final class EpochSerializer extends SerializerWithStringManifest {

  private static final int IDENTIFIER = 746_002;
  private static final String MANIFEST = "e1";

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object event) {
    if (event instanceof EpochStarted) {
      return MANIFEST;
    }
    throw new IllegalArgumentException(
        "expected an EpochStarted, got " + event.getClass().getName());
  }

  @Override
  public byte[] toBinary(Object event) {
    if (event instanceof EpochStarted started) {
      return io.reeve.journal.v1.EpochStarted.newBuilder()
          .setEpoch(started.epoch())
          .setAtMs(started.atMs())
          .setNode(started.node())
          .build()
          .toByteArray();
    }
    throw new IllegalArgumentException(
        "expected an EpochStarted, got " + event.getClass().getName());
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    if (!MANIFEST.equals(manifest)) {
      throw new NotSerializableException("expected manifest e1, got " + manifest);
    }
    try {
      var stored = io.reeve.journal.v1.EpochStarted.parseFrom(bytes);
      return new EpochStarted(stored.getEpoch(), stored.getAtMs(), stored.getNode());
    } catch (InvalidProtocolBufferException e) {
      var failure = new NotSerializableException("expected an EpochStarted, got other bytes");
      failure.initCause(e);
      throw failure;
    }
  }
}
