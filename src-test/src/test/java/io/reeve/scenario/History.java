package io.reeve.scenario;

import io.reeve.check.Checker;
import io.reeve.check.Fact;
import io.reeve.journal.PartitionRow;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads a journal from where it was read last, and hands each event to the checker. Rows behind the
 * oldest snapshot it keeps are removed by the node, so it has to be read more often than that; a
 * gap is an error.
 */
final class History {

  private static final String PARTITION = "partition|";

  private final Fleet fleet;
  private final Checker checker = Checker.ofJournal();
  private final Map<Integer, Long> read = new HashMap<>();
  private long rows;

  /** The history of a fleet's nodes. */
  History(Fleet fleet) {
    this.fleet = fleet;
  }

  Checker checker() {
    return checker;
  }

  /** Rows of partitions read so far. */
  long rows() {
    return rows;
  }

  /** Reads what is new. The node may run. */
  void readOn() {
    try (var reader = fleet.reader()) {
      reader.forEachRow(
          row -> {
            if (row.persistenceId().startsWith(PARTITION)) {
              var partition = Integer.parseInt(row.persistenceId().substring(PARTITION.length()));
              var last = read.getOrDefault(partition, 0L);
              if (row.sequenceNr() > last) {
                add(partition, last, row.sequenceNr(), row.payload());
              }
            }
          });
    }
  }

  private void add(int partition, long last, long sequenceNr, byte[] payload) {
    if (sequenceNr != last + 1) {
      throw new IllegalStateException(
          "partition %d: expected row %d next, got %d: rows were removed before they were read"
              .formatted(partition, last + 1, sequenceNr));
    }
    PartitionRow.fromBytes(payload)
        .events(profile -> profile)
        .forEach(event -> checker.add(new Fact.Stored(partition, event, Fact.UNKNOWN)));
    read.put(partition, sequenceNr);
    rows++;
  }
}
