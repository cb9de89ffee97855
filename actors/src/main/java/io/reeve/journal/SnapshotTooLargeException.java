package io.reeve.journal;

/** A snapshot has more bytes than the store takes. */
public final class SnapshotTooLargeException extends RuntimeException {

  private static final long serialVersionUID = 1;

  SnapshotTooLargeException(long bytes, int bytesMax) {
    super(
        "expected a snapshot of at most "
            + bytesMax
            + " bytes, the most that the store takes, got "
            + bytes
            + ": lower reeve.partition.bytes-max, or spread the tasks over more partitions");
  }
}
