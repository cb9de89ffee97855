package io.reeve.journal;

import io.reeve.domain.partition.PartitionSnapshot;
import java.io.NotSerializableException;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How Pekko's journal and snapshot store see the stored forms: rows of a partition ("p2", and "p1"
 * of the first builds) and snapshots of one ("s1"). The identifier and the manifests are stored
 * beside the bytes and never change or change their meaning; a new form gets a new manifest.
 *
 * <p>A row is bytes already, so the one journal actor of a node does no work here. A snapshot is
 * frozen by the partition and encoded here, on the thread of the {@link SnapshotSink}.
 *
 * <p>What follows from bytes that cannot be read, as Pekko 1.7 and its JDBC plugin do it:
 *
 * <ul>
 *   <li>A row is checked when the partition replays it, and one with an unknown manifest here.
 *       Either way the recovery fails with the reason, and the partition stops or starts again as
 *       its supervision says. It never goes on without a row.
 *   <li>A snapshot fails in the store. Pekko itself tries no older snapshot: with {@code
 *       snapshot-is-optional = false}, the default, the recovery fails with the reason. The
 *       snapshot store of a node goes back to an older one, and in the end to none, which is why
 *       the reason is logged here. That is right only where the journal refuses a recovery that
 *       would go over deleted rows.
 * </ul>
 */
public final class JournalSerializer extends SerializerWithStringManifest {

  /** Stored beside each row in the {@code ser_id} column. */
  public static final int IDENTIFIER = 746_001;

  private static final Logger LOG = LoggerFactory.getLogger(JournalSerializer.class);

  static final String SNAPSHOT = "s1";

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object object) {
    if (object instanceof PartitionRow row) {
      return row.manifest();
    }
    if (object instanceof PartitionSnapshot) {
      return SNAPSHOT;
    }
    throw noStoredForm(object);
  }

  @Override
  public byte[] toBinary(Object object) {
    if (object instanceof PartitionRow row) {
      return row.bytes();
    }
    if (object instanceof PartitionSnapshot snapshot) {
      return SnapshotCodec.encode(snapshot);
    }
    throw noStoredForm(object);
  }

  /**
   * The stored form of a snapshot.
   *
   * @throws SnapshotTooLargeException when it would have more than {@code bytesMax} bytes; no room
   *     is taken for them
   */
  public byte[] toBinary(PartitionSnapshot snapshot, int bytesMax) {
    return SnapshotCodec.encode(snapshot, bytesMax);
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    return switch (manifest) {
      case PartitionRow.BOUND, PartitionRow.BOUND_OR_NOT -> PartitionRow.fromBytes(bytes, manifest);
      case SNAPSHOT -> snapshotOf(bytes);
      default ->
          throw new NotSerializableException(
              "expected manifest "
                  + PartitionRow.BOUND
                  + ", "
                  + PartitionRow.BOUND_OR_NOT
                  + " or "
                  + SNAPSHOT
                  + " of serializer "
                  + IDENTIFIER
                  + ", got "
                  + manifest
                  + ": written by a release newer than this one; run that release or a later one");
    };
  }

  private static PartitionSnapshot snapshotOf(byte[] bytes) {
    try {
      return SnapshotCodec.decode(bytes);
    } catch (UnreadableJournalException e) {
      LOG.warn("a snapshot of {} bytes cannot be read: {}", bytes.length, e.getMessage());
      throw e;
    }
  }

  private static IllegalArgumentException noStoredForm(Object object) {
    return new IllegalArgumentException(
        "expected a PartitionRow or a PartitionSnapshot, got " + object.getClass().getName());
  }
}
