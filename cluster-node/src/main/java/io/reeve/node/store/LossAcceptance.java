package io.reeve.node.store;

import static io.reeve.node.store.StoreException.Reason.SOURCE_MISSING;
import static io.reeve.node.store.StoreException.Reason.STORE_DAMAGED;
import static io.reeve.node.store.StoreException.Reason.UNREADABLE;

import io.reeve.domain.partition.PartitionCounts;
import io.reeve.domain.partition.PartitionSnapshot;
import io.reeve.domain.rules.EpochStarted;
import io.reeve.domain.rules.Recorded;
import io.reeve.journal.DispatcherSerializer;
import io.reeve.journal.JournalSerializer;
import io.reeve.journal.PartitionRow;
import io.reeve.journal.RowPlace;
import io.reeve.journal.UnreadableJournalException;
import java.io.IOException;
import java.io.NotSerializableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.jspecify.annotations.Nullable;

/**
 * Makes a store that a node refuses usable again, at the price of what it lacks: an operator
 * decided that what is there is better than nothing.
 *
 * <p>Each partition goes on from its last good row. Rows behind a damaged one are kept in the table
 * {@code lost_row}; the marks and the write-ahead logs as they were are kept in a directory beside
 * the files. Nothing else is kept: copy the directory first. Not for two threads.
 */
public final class LossAcceptance {

  private static final String ASIDE = "before-accept-loss-";

  /**
   * What was done.
   *
   * @param keptIn where the marks and the logs are that were there before
   * @param lost one sentence for each thing that the store lacks; empty: nothing was amiss
   */
  public record Report(String directory, String keptIn, List<String> lost) {}

  private final Path directory;
  private final StoreFiles files;
  private final List<String> lost = new ArrayList<>();

  private LossAcceptance(Path directory, StoreSettings settings) {
    this.directory = directory;
    this.files = new StoreFiles(directory, settings);
  }

  /**
   * Accepts that rows are lost.
   *
   * @param random for the identity of what is left
   * @throws StoreException when a node has the directory, or a database is damaged in its
   *     structure, so that SQLite cannot tell its rows; nothing of the store was changed then
   */
  public static Report accept(StoreSettings settings, RandomGenerator random) {
    if (Files.notExists(settings.directory())) {
      throw new StoreException(
          SOURCE_MISSING, "expected a data directory, got " + settings.directory());
    }
    SqliteLibrary.load();
    try (var lock = DirectoryLock.acquire(settings.directory())) {
      return new LossAcceptance(lock.directory(), settings).accept(random);
    } catch (IOException | SQLException e) {
      throw StoreException.of(
          DamagedFile.causes(e) ? STORE_DAMAGED : UNREADABLE,
          "no part of %s can be used: %s; restore it from a backup"
              .formatted(settings.directory(), e.getMessage()),
          e);
    }
  }

  private Report accept(RandomGenerator random) throws IOException, SQLException {
    var kept = keepAside();
    // While the marks are still there: a store that cannot be mended stays as it was found.
    demandSound(files.journal());
    demandSound(files.snapshots());
    var marked = marked();
    Files.deleteIfExists(files.marks());
    files.journal().prepare();
    files.snapshots().prepare();
    var id = StoreFiles.newIdentity(random);
    try (var rows = files.journal().connect();
        var states = files.snapshots().connect();
        var marks = Marks.begin(files.marks(), id)) {
      IdentityTable.write(rows, id);
      IdentityTable.write(states, id);
      var ids = new TreeSet<>(marked.keySet());
      ids.addAll(new StoredRows(rows, states).persistenceIds());
      for (var persistenceId : ids) {
        var highest = mend(persistenceId, marked, rows, states);
        if (highest > 0) {
          marks.raise(persistenceId, highest);
        }
      }
      keepCount(ids, rows);
      marks.formed();
    }
    return new Report(directory.toString(), kept.toString(), List.copyOf(lost));
  }

  private void demandSound(SqliteFile file) throws IOException {
    if (Files.exists(file.path()) && Files.size(file.path()) > 0) {
      var name = file.path().getFileName();
      file.demandSound(
          "; its rows cannot be told from the damage; restore the whole data directory from a"
              + " backup, or move %s and %s away and repeat the command, which then takes the"
                  .formatted(name, WriteAheadLog.of(file.path()).getFileName())
              + " loss of all rows in that file");
    }
  }

  private Path keepAside() throws IOException {
    var number = 1;
    while (Files.exists(directory.resolve(ASIDE + number))) {
      number++;
    }
    var aside = Files.createDirectory(directory.resolve(ASIDE + number), OwnerOnly.DIRECTORY);
    for (var file :
        List.of(
            files.marks(),
            WriteAheadLog.of(files.journal().path()),
            WriteAheadLog.of(files.snapshots().path()))) {
      if (Files.exists(file)) {
        Files.copy(file, aside.resolve(file.getFileName()));
      }
    }
    return aside;
  }

  private Map<String, Long> marked() {
    if (Files.notExists(files.marks())) {
      lost.add("the marks are missing, so rows may be");
      return Map.of();
    }
    try (var marks = Marks.open(files.marks())) {
      return marks.rows();
    } catch (IOException e) {
      lost.add("the marks are damaged, so rows may be missing");
      return Map.of();
    }
  }

  /** Cuts an entity back to what can be read; returns its highest row then. */
  private long mend(
      String persistenceId, Map<String, Long> marked, Connection rows, Connection states)
      throws SQLException {
    var what = StoreFiles.words(persistenceId);
    var snapshot = newestReadableSnapshot(persistenceId, states);
    var from = snapshot.row();
    var before = StoreFiles.highest(rows, persistenceId);
    var good = lastGoodRow(persistenceId, from, rows);
    if (good < before) {
      setAside(persistenceId, good, rows);
      lost.add(
          "rows %d to %d of %s: the first of them is damaged or missing"
              .formatted(good + 1, before, what));
    }
    dropSnapshotsAbove(persistenceId, Math.max(good, from), states);
    if (StoreFiles.highest(rows, persistenceId) < from) {
      // The journal goes on behind the snapshot.
      insert(new RowPlace(persistenceId, from), snapshot.state(), rows);
      good = from;
    }
    var mark = marked.getOrDefault(persistenceId, 0L);
    if (mark > Math.max(good, before)) {
      lost.add(
          "rows %d to %d of %s: acknowledged and missing"
              .formatted(Math.max(good, before) + 1, mark, what));
    }
    return good;
  }

  /**
   * @param row 0: there is no snapshot
   */
  private record Snapshot(long row, @Nullable Object state) {}

  private static Snapshot newestReadableSnapshot(String persistenceId, Connection states)
      throws SQLException {
    var readable = new Snapshot[] {new Snapshot(0, null)};
    new StoredRows(states, states)
        .forEachSnapshot(
            persistenceId,
            row -> {
              try {
                var state = read(persistenceId, row.getBytes(6), row.getString(5));
                if (state instanceof PartitionSnapshot || state instanceof Recorded) {
                  readable[0] = new Snapshot(row.getLong(2), state);
                }
              } catch (NotSerializableException | UnreadableJournalException unreadable) {
                // An older one may do.
              }
            });
    return readable[0];
  }

  private static Object read(String persistenceId, byte[] bytes, String manifest)
      throws NotSerializableException {
    return persistenceId.startsWith(StoredRows.PARTITION)
        ? new JournalSerializer().fromBinary(bytes, manifest)
        : new DispatcherSerializer().fromBinary(bytes, manifest);
  }

  private long lastGoodRow(String persistenceId, long from, Connection rows) throws SQLException {
    var good = new long[] {from};
    var ended = new boolean[1];
    new StoredRows(rows, rows)
        .forEachRow(
            persistenceId,
            from,
            row -> {
              var number = row.getLong(2);
              if (!ended[0]
                  && number == good[0] + 1
                  && isReadable(
                      new RowPlace(persistenceId, number), row.getBytes(9), row.getString(8))) {
                good[0] = number;
              } else {
                ended[0] = true;
              }
            });
    return Math.min(good[0], StoreFiles.highest(rows, persistenceId));
  }

  private static boolean isReadable(RowPlace place, byte[] bytes, String manifest) {
    try {
      if (read(place.persistenceId(), bytes, manifest) instanceof PartitionRow row) {
        row.events(place, profile -> profile);
      }
      return true;
    } catch (NotSerializableException | UnreadableJournalException unreadable) {
      return false;
    }
  }

  private static void setAside(String persistenceId, long above, Connection rows)
      throws SQLException {
    try (var statement = rows.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS lost_row AS SELECT * FROM event_journal WHERE FALSE");
    }
    for (var sql :
        List.of("INSERT INTO lost_row SELECT * FROM event_journal", "DELETE FROM event_journal")) {
      try (var move =
          rows.prepareStatement(sql + " WHERE persistence_id = ? AND sequence_number > ?")) {
        move.setString(1, persistenceId);
        move.setLong(2, above);
        move.executeUpdate();
      }
    }
  }

  private static void dropSnapshotsAbove(String persistenceId, long row, Connection states)
      throws SQLException {
    try (var drop =
        states.prepareStatement(
            "DELETE FROM snapshot WHERE persistence_id = ? AND sequence_number > ?")) {
      drop.setString(1, persistenceId);
      drop.setLong(2, row);
      drop.executeUpdate();
    }
  }

  /** A row that tells nothing new behind the snapshot with this state. */
  private static void insert(RowPlace place, @Nullable Object state, Connection rows)
      throws SQLException {
    SerializerWithStringManifest serializer = new JournalSerializer();
    Object row = PartitionRow.of(place, List.of());
    if (state instanceof Recorded recorded) {
      serializer = new DispatcherSerializer();
      row = new EpochStarted(recorded.epoch(), 0, "accept-loss");
    }
    try (var insert =
        rows.prepareStatement(
            "INSERT INTO event_journal (persistence_id, sequence_number, writer, write_timestamp,"
                + " adapter_manifest, event_ser_id, event_ser_manifest, event_payload)"
                + " VALUES (?, ?, 'accept-loss', 0, '', ?, ?, ?)")) {
      insert.setString(1, place.persistenceId());
      insert.setLong(2, place.number());
      insert.setInt(3, serializer.identifier());
      insert.setString(4, serializer.manifest(row));
      insert.setBytes(5, serializer.toBinary(row));
      insert.executeUpdate();
    }
  }

  /** A journal that was made anew does not know how many partitions there are. */
  private static void keepCount(Set<String> ids, Connection rows) throws SQLException {
    if (!CountTable.read(rows).isEmpty()) {
      return;
    }
    var count =
        ids.stream()
            .filter(id -> id.startsWith(StoredRows.PARTITION))
            .mapToInt(id -> Integer.parseInt(id.substring(StoredRows.PARTITION.length())) + 1)
            .max();
    if (count.isPresent()) {
      CountTable.add(rows, new PartitionCounts.Line(count.getAsInt(), 0));
    }
  }
}
