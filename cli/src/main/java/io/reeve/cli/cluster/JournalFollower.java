package io.reeve.cli.cluster;

import com.typesafe.config.Config;
import io.reeve.domain.rules.DispatcherEvent;
import io.reeve.domain.rules.EpochStarted;
import io.reeve.domain.task.Discarded;
import io.reeve.domain.task.HolderEnded;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Redriven;
import io.reeve.domain.task.RulesHeeded;
import io.reeve.domain.task.ScheduleEvent;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.UniqueMet;
import io.reeve.domain.task.UniqueTaken;
import io.reeve.domain.task.WriterStarted;
import io.reeve.journal.DispatcherSerializer;
import io.reeve.journal.PartitionRow;
import io.reeve.journal.RowPlace;
import io.reeve.node.store.JournalReader;
import io.reeve.node.store.JournalRow;
import io.reeve.node.store.PostgresSettings;
import io.reeve.node.store.StoreException;
import java.io.NotSerializableException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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

  private final PostgresSettings settings;
  private final JournalFacts facts;
  private final DispatcherSerializer dispatcher = new DispatcherSerializer();
  private final Map<String, Long> read = new HashMap<>();
  private @Nullable JournalReader reader;

  private JournalFollower(PostgresSettings settings, JournalFacts facts) {
    this.settings = settings;
    this.facts = facts;
  }

  /**
   * Connects; reads nothing yet.
   *
   * @param configuration a whole one, with the {@code reeve.store} of the nodes
   * @throws StoreException when the server does not answer or does not let this user in
   */
  public static JournalFollower open(Config configuration, JournalFacts facts) {
    var follower = new JournalFollower(PostgresSettings.of(configuration), facts);
    follower.connected();
    return follower;
  }

  /**
   * Tells what is new.
   *
   * @throws StoreException when the server is away; the next call connects again, and goes on
   *     behind the last row that was told
   * @throws IllegalStateException when the journal is not as it should be
   */
  public void readOn() {
    var from = connected();
    try {
      for (var persistenceId : from.persistenceIds()) {
        if (persistenceId.startsWith(PARTITION) || persistenceId.equals(DISPATCHER)) {
          from.forEachRow(persistenceId, last(persistenceId) + 1, this::tell);
        }
      }
    } catch (StoreException e) {
      disconnect(e);
      throw e;
    }
  }

  private JournalReader connected() {
    var open = reader == null ? JournalReader.open(settings) : reader;
    reader = open;
    return open;
  }

  private void disconnect(StoreException because) {
    try {
      close();
    } catch (StoreException e) {
      because.addSuppressed(e);
    }
  }

  private long last(String persistenceId) {
    return read.getOrDefault(persistenceId, 0L);
  }

  private void tell(JournalRow row) {
    var persistenceId = row.persistenceId();
    if (row.sequenceNr() != last(persistenceId) + 1) {
      throw new IllegalStateException(
          "%s: expected row %d next, got %d: rows were removed before they were read"
              .formatted(persistenceId, last(persistenceId) + 1, row.sequenceNr()));
    }
    if (persistenceId.equals(DISPATCHER)) {
      if (event(row) instanceof EpochStarted started) {
        tell(started);
      }
    } else {
      var partition = Integer.parseInt(persistenceId.substring(PARTITION.length()));
      var outside = new Outside(partition);
      PartitionRow.fromBytes(row.payload(), row.manifest())
          .events(new RowPlace(persistenceId, row.sequenceNr()), profile -> profile)
          .forEach(
              event -> {
                facts.event(partition, event);
                event.accept(outside);
              });
    }
    read.put(persistenceId, row.sequenceNr());
  }

  private DispatcherEvent event(JournalRow row) {
    try {
      return (DispatcherEvent) dispatcher.fromBinary(row.payload(), row.manifest());
    } catch (NotSerializableException e) {
      throw new IllegalStateException(
          "a row of the dispatcher cannot be read: " + e.getMessage(), e);
    }
  }

  private void tell(EpochStarted started) {
    facts.dispatcherStarted(started.epoch(), started.node(), started.atMs());
  }

  /** Tells what an event of one partition means outside. */
  private final class Outside
      implements PartitionEvent.Visitor<Outside>, TaskEvent.Visitor<Outside> {

    private final int partition;

    Outside(int partition) {
      this.partition = partition;
    }

    @Override
    public Outside submitted(Submission event) {
      for (var task : event.tasks()) {
        var id = id(partition, task.spec().sequence());
        facts.submitted(event.requestId(), id, partition, event.atMs());
      }
      return this;
    }

    @Override
    public Outside uniqueTaken(UniqueTaken event) {
      return this;
    }

    @Override
    public Outside uniqueMet(UniqueMet event) {
      return this;
    }

    @Override
    public Outside scheduleChanged(ScheduleEvent event) {
      if (event instanceof ScheduleEvent.Fired fired) {
        for (var i = 0; i < fired.plannedMs().length; i++) {
          var id = id(partition, fired.firstSequence() + i);
          facts.submitted(fired.requestId(), id, partition, fired.atMs());
        }
      }
      return this;
    }

    @Override
    public Outside changed(TaskEvent event) {
      return event.acceptKind(this);
    }

    @Override
    public Outside leased(TaskEvent.Leased event) {
      facts.leased(id(partition, event.sequence()), partition, event.fence(), event.atMs());
      return this;
    }

    @Override
    public Outside completed(TaskEvent.Completed event) {
      return ended(event, true);
    }

    @Override
    public Outside attemptFailed(TaskEvent.AttemptFailed event) {
      return this;
    }

    @Override
    public Outside lost(TaskEvent.Lost event) {
      return this;
    }

    @Override
    public Outside died(TaskEvent.Died event) {
      return ended(event, false);
    }

    @Override
    public Outside released(TaskEvent.Released event) {
      return this;
    }

    @Override
    public Outside cancelled(TaskEvent.Cancelled event) {
      return ended(event, false);
    }

    @Override
    public Outside expired(TaskEvent.Expired event) {
      return ended(event, false);
    }

    @Override
    public Outside redriven(Redriven event) {
      var spec = event.task().spec();
      facts.submitted("", id(partition, spec.sequence()), partition, event.atMs());
      return this;
    }

    @Override
    public Outside discarded(Discarded event) {
      return this;
    }

    @Override
    public Outside holderEnded(HolderEnded event) {
      return this;
    }

    @Override
    public Outside writerStarted(WriterStarted event) {
      return this;
    }

    @Override
    public Outside rulesHeeded(RulesHeeded event) {
      return this;
    }

    private Outside ended(TaskEvent event, boolean completed) {
      facts.ended(id(partition, event.sequence()), completed, event.atMs());
      return this;
    }
  }

  private static String id(int partition, long sequence) {
    return new TaskId(partition, sequence).toString();
  }

  @Override
  public void close() {
    var open = reader;
    reader = null;
    if (open != null) {
      open.close();
    }
  }
}
