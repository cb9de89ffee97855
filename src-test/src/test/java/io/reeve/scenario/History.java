package io.reeve.scenario;

import io.reeve.check.Checker;
import io.reeve.check.Fact;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.journal.PartitionRow;
import io.reeve.journal.RowPlace;
import io.reeve.node.store.JournalRow;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Reads a journal from where it was read last, and hands each event to the checker. Rows behind the
 * oldest snapshot it keeps are removed by the node, so it has to be read more often than that; a
 * gap is an error.
 */
public final class History {

  private static final String PARTITION = "partition|";

  private final Fleet fleet;
  private final BiConsumer<Integer, PartitionEvent> listener;
  private final Checker checker = Checker.ofJournal();
  private final Map<Integer, Long> read = new HashMap<>();
  private long rows;

  /** The history of a fleet's nodes. */
  public History(Fleet fleet) {
    this(fleet, (partition, event) -> {});
  }

  /**
   * The history of a fleet's nodes.
   *
   * @param listener gets each event too, with its partition, after the checker
   */
  public History(Fleet fleet, BiConsumer<Integer, PartitionEvent> listener) {
    this.fleet = fleet;
    this.listener = listener;
  }

  public Checker checker() {
    return checker;
  }

  /** Rows of partitions read so far. */
  public long rows() {
    return rows;
  }

  /** Reads what is new. The node may run. */
  public void readOn() {
    try (var reader = fleet.reader()) {
      reader.forEachRow(
          row -> {
            if (row.persistenceId().startsWith(PARTITION)) {
              var partition = Integer.parseInt(row.persistenceId().substring(PARTITION.length()));
              var last = read.getOrDefault(partition, 0L);
              if (row.sequenceNr() > last) {
                add(partition, last, row);
              }
            }
          });
    }
  }

  private void add(int partition, long last, JournalRow row) {
    var sequenceNr = row.sequenceNr();
    if (sequenceNr != last + 1) {
      throw new IllegalStateException(
          "partition %d: expected row %d next, got %d: rows were removed before they were read"
              .formatted(partition, last + 1, sequenceNr));
    }
    PartitionRow.fromBytes(row.payload(), row.manifest())
        .events(new RowPlace(PARTITION + partition, sequenceNr), profile -> profile)
        .forEach(
            event -> {
              checker.add(new Fact.Stored(partition, event, Fact.UNKNOWN));
              listener.accept(partition, event);
            });
    read.put(partition, sequenceNr);
    rows++;
  }
}
