package io.reeve.node.store;

import static io.reeve.node.store.StoreException.Reason.UNREADABLE;

import com.typesafe.config.Config;
import io.reeve.domain.dispatch.EpochStarted;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskId;
import io.reeve.journal.EpochSerializer;
import io.reeve.journal.PartitionRow;
import java.io.NotSerializableException;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads the journal that the nodes of a cluster share from where it was read last, each row once,
 * and tells what it says. Nodes may run meanwhile.
 *
 * <p>Rows behind the oldest snapshot that is kept are removed by the nodes, so it has to be read
 * more often than that; a gap is an error. Not for two threads at once.
 */
public final class JournalFollower implements AutoCloseable {

  private static final String PARTITION = "partition|";
  private static final String DISPATCHER = "dispatcher";

  private final JournalReader reader;
  private final JournalFacts facts;
  private final EpochSerializer epochs = new EpochSerializer();
  private final Map<String, Long> read = new HashMap<>();

  private JournalFollower(JournalReader reader, JournalFacts facts) {
    this.reader = reader;
    this.facts = facts;
  }

  /**
   * Connects; reads nothing yet.
   *
   * @param configuration a whole one, with the {@code reeve.store} of the nodes
   * @throws StoreException when the server does not answer or does not let this user in
   */
  public static JournalFollower open(Config configuration, JournalFacts facts) {
    return new JournalFollower(JournalReader.open(PostgresSettings.of(configuration)), facts);
  }

  /** Tells what is new. */
  public void readOn() {
    for (var persistenceId : reader.persistenceIds()) {
      if (persistenceId.startsWith(PARTITION) || persistenceId.equals(DISPATCHER)) {
        reader.forEachRow(persistenceId, last(persistenceId) + 1, this::tell);
      }
    }
  }

  private long last(String persistenceId) {
    return read.getOrDefault(persistenceId, 0L);
  }

  private void tell(JournalRow row) {
    var persistenceId = row.persistenceId();
    if (row.sequenceNr() != last(persistenceId) + 1) {
      throw new StoreException(
          UNREADABLE,
          "%s: expected row %d next, got %d: rows were removed before they were read"
              .formatted(persistenceId, last(persistenceId) + 1, row.sequenceNr()));
    }
    if (persistenceId.equals(DISPATCHER)) {
      tell(epoch(row));
    } else {
      var partition = Integer.parseInt(persistenceId.substring(PARTITION.length()));
      PartitionRow.fromBytes(row.payload())
          .events(profile -> profile)
          .forEach(event -> tell(partition, event));
    }
    read.put(persistenceId, row.sequenceNr());
  }

  private EpochStarted epoch(JournalRow row) {
    try {
      return (EpochStarted) epochs.fromBinary(row.payload(), row.manifest());
    } catch (NotSerializableException e) {
      throw new StoreException(UNREADABLE, "an epoch cannot be read: " + e.getMessage(), e);
    }
  }

  private void tell(EpochStarted started) {
    facts.dispatcherStarted(started.epoch(), started.node(), started.atMs());
  }

  private void tell(int partition, PartitionEvent event) {
    if (event instanceof Submission submission) {
      submission
          .tasks()
          .forEach(
              task ->
                  facts.submitted(
                      submission.requestId(),
                      id(partition, task.spec().sequence()),
                      partition,
                      submission.atMs()));
    } else if (event instanceof TaskEvent.Leased leased) {
      facts.leased(id(partition, leased.sequence()), partition, leased.fence(), leased.atMs());
    } else if (event instanceof TaskEvent.Completed completed) {
      facts.ended(id(partition, completed.sequence()), true, completed.atMs());
    } else if (event instanceof TaskEvent.Died
        || event instanceof TaskEvent.Cancelled
        || event instanceof TaskEvent.Expired) {
      var end = (TaskEvent) event;
      facts.ended(id(partition, end.sequence()), false, end.atMs());
    }
  }

  private static String id(int partition, long sequence) {
    return new TaskId(partition, sequence).toString();
  }

  @Override
  public void close() {
    reader.close();
  }
}
