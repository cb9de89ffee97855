package io.reeve.journal;

import com.google.protobuf.ByteString;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.TaskProfile;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One row of a partition's journal: all events of one group commit. It is what the partition
 * persists, and holds nothing but the stored bytes.
 *
 * <p>A row has two faces. Made from events, it is encoded at once by the thread that makes it, and
 * its events are in the state already ({@link #applied}): commands of one batch depend on each
 * other, so they are decided and applied as they come, before the row is written. Read from the
 * journal, its events are still to be applied.
 */
public final class PartitionRow {

  /** The manifest of a row that is bound to its place. */
  static final String BOUND = "p2";

  /** The manifest of a row of the first builds, of which the earlier ones bound none. */
  static final String BOUND_OR_NOT = "p1";

  private final byte[] bytes;
  private final String manifest;
  private final boolean applied;

  private PartitionRow(byte[] bytes, String manifest, boolean applied) {
    this.bytes = bytes;
    this.manifest = manifest;
    this.applied = applied;
  }

  /**
   * A row to persist, of events that were applied as they happened. Encodes; does not keep them.
   *
   * @param place where the row will be stored; it cannot be read anywhere else
   */
  public static PartitionRow of(RowPlace place, List<? extends PartitionEvent> events) {
    var bytes = PartitionCodec.encode(events);
    Sealed.bind(bytes, place);
    return new PartitionRow(bytes, BOUND, true);
  }

  /**
   * A row as read from the journal. The bytes are kept as they are and checked when decoded.
   *
   * @param manifest that was stored beside the bytes
   * @throws UnreadableJournalException if the manifest is of a newer release
   */
  public static PartitionRow fromBytes(byte[] bytes, String manifest) {
    if (!isManifest(manifest)) {
      throw new UnreadableJournalException(
          "expected a row of manifest %s or %s, got %s".formatted(BOUND, BOUND_OR_NOT, manifest));
    }
    return new PartitionRow(bytes, manifest, false);
  }

  private static boolean isManifest(String manifest) {
    return manifest.equals(BOUND) || manifest.equals(BOUND_OR_NOT);
  }

  /** Whether the events are in the state already, so that the event handler must pass over them. */
  public boolean applied() {
    return applied;
  }

  /**
   * The events, in order; decoded anew with each call.
   *
   * @param place where the row was read
   * @param profiles gives the one object that stands for all profiles equal to its argument
   * @throws UnreadableJournalException if the bytes are damaged, belong to another place, or are of
   *     a newer release
   */
  public List<PartitionEvent> events(RowPlace place, UnaryOperator<TaskProfile> profiles) {
    try {
      return PartitionCodec.decode(opened(place), profiles);
    } catch (UnreadableJournalException e) {
      throw new UnreadableJournalException(place + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Looks whether the bytes are those that were written here.
   *
   * @throws UnreadableJournalException if they are damaged or belong to another place
   */
  public void verify(RowPlace place) {
    try {
      var unused = opened(place);
    } catch (UnreadableJournalException e) {
      throw new UnreadableJournalException(
          place + " is damaged or in the wrong place: " + e.getMessage(), e);
    }
  }

  private ByteString opened(RowPlace place) {
    return manifest.equals(BOUND) ? Sealed.open(bytes, place) : Sealed.openBoundOrNot(bytes, place);
  }

  /** Says how to read the stored form; stored beside it. */
  String manifest() {
    return manifest;
  }

  /** Bytes in the journal. */
  public int size() {
    return bytes.length;
  }

  /** The stored form; not a copy, and never to be changed. */
  byte[] bytes() {
    return bytes;
  }

  /** Rows are equal when they store the same. */
  @Override
  public boolean equals(Object other) {
    return other instanceof PartitionRow row
        && manifest.equals(row.manifest)
        && Arrays.equals(bytes, row.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "PartitionRow[" + bytes.length + " bytes" + (applied ? ", applied]" : "]");
  }
}
