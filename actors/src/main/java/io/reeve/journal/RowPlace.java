package io.reeve.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Where a row belongs: to which entity of the journal, and as which of its rows. The checksum of a
 * stored row covers its place, so two rows that changed places do not read well.
 *
 * @param number from 1 on, without a gap
 */
public record RowPlace(String persistenceId, long number) {

  private static final String PARTITION = "partition|";

  /** What the place adds to the checksum of the bytes. */
  int checksum() {
    var crc = new CRC32C();
    crc.update(persistenceId.getBytes(StandardCharsets.UTF_8));
    crc.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
    return (int) crc.getValue();
  }

  /** In the words of an operator, such as "row 812 of partition 3". */
  @Override
  public String toString() {
    var entity =
        persistenceId.startsWith(PARTITION)
            ? "partition " + persistenceId.substring(PARTITION.length())
            : persistenceId;
    return "row " + number + " of " + entity;
  }
}
