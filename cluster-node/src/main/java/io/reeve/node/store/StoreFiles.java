package io.reeve.node.store;

import static io.reeve.node.store.StoreException.Reason.STORE_DAMAGED;
import static io.reeve.node.store.StoreException.Reason.STORE_INCOMPLETE;
import static io.reeve.node.store.StoreException.Reason.STORE_LOST_ROWS;
import static io.reeve.node.store.StoreException.Reason.STORE_MIXED;
import static io.reeve.node.store.StoreException.Reason.UNREADABLE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of an embedded store: {@code journal.db}, {@code snapshots.db} and {@code marks}.
 *
 * <p>They carry one random identity. A new store begins only where none of them is; a directory
 * that lacks one, or has one of another store, came from a restore that went wrong and is refused.
 * So is one whose write-ahead log is damaged, or whose marks say that acknowledged rows are gone.
 */
final class StoreFiles {

  /** What an operator can do about a store that is refused; the docs say more. */
  static final String WHAT_NOW =
      "; restore the whole data directory from a backup, or take what is there, and lose the rest,"
          + " with: reeve store accept-loss --data-dir ";

  private static final Logger LOG = LoggerFactory.getLogger(StoreFiles.class);

  private final Path directory;
  private final SqliteFile journal;
  private final SqliteFile snapshots;
  private final Path marks;

  StoreFiles(Path directory, StoreSettings settings) {
    this.directory = directory;
    this.journal = new SqliteFile(directory.resolve("journal.db"), "db/sqlite/journal", settings);
    this.snapshots =
        new SqliteFile(directory.resolve("snapshots.db"), "db/sqlite/snapshots", settings);
    this.marks = directory.resolve(Marks.FILE);
  }

  SqliteFile journal() {
    return journal;
  }

  SqliteFile snapshots() {
    return snapshots;
  }

  Path marks() {
    return marks;
  }

  // ---- Opening ----------------------------------------------------------------------------------

  /**
   * Checks what is there, makes what is missing in a new store, and brings the schemas up to date.
   *
   * @param random for the identity of a new store
   * @return the marks, open
   * @throws StoreException when the files cannot be trusted; nothing was changed then but schemas
   */
  Marks prepare(RandomGenerator random) {
    try {
      restrict();
      // Before anything opens a database: SQLite replays the log and drops what it cannot use.
      checkLog(journal);
      checkLog(snapshots);
      var open = there().isEmpty() ? Marks.begin(marks, newIdentity(random)) : openMarks(random);
      var prepared = false;
      try {
        prepare(open);
        prepared = true;
        return open;
      } finally {
        if (!prepared) {
          open.close();
        }
      }
    } catch (IOException e) {
      throw StoreException.of(UNREADABLE, directory + " cannot be used: " + e.getMessage(), e);
    } catch (SQLException e) {
      throw journal.unreadable(e);
    }
  }

  private void prepare(Marks open) throws IOException, SQLException {
    if (open.state() == Marks.State.FORMED) {
      demandAllThere();
    }
    var applied = journal.prepare() + snapshots.prepare();
    try (var rows = journal.named(journal::connect);
        var states = snapshots.named(snapshots::connect)) {
      if (open.state() == Marks.State.FORMED) {
        demandIdentity(open, journal, rows);
        demandIdentity(open, snapshots, states);
      } else {
        identify(open.id(), rows, states);
        open.formed();
      }
      demandRows(open.rows(), rows, states);
    }
    LOG.info("opened the store in {}, {} migrations applied", directory, applied);
  }

  /** Which files of a store are there; a log alone is one too. */
  private List<Path> there() {
    return Stream.of(
            marks,
            journal.path(),
            WriteAheadLog.of(journal.path()),
            snapshots.path(),
            WriteAheadLog.of(snapshots.path()))
        .filter(Files::exists)
        .toList();
  }

  private Marks openMarks(RandomGenerator random) throws IOException {
    if (Files.exists(marks)) {
      try {
        return Marks.open(marks);
      } catch (IOException e) {
        throw new StoreException(
            STORE_DAMAGED,
            "STORE_DAMAGED: %s cannot be read: %s%s".formatted(marks, e.getMessage(), whatNow()));
      }
    }
    if (madeByAnEarlierBuild()) {
      return Marks.begin(marks, newIdentity(random));
    }
    demandAllThere();
    throw new IllegalStateException("a file is missing and was not found missing");
  }

  /** Earlier builds had neither marks nor an identity. */
  private boolean madeByAnEarlierBuild() {
    if (Files.notExists(journal.path()) || Files.notExists(snapshots.path())) {
      return false;
    }
    try (var rows = journal.connect()) {
      return !IdentityTable.isThere(rows);
    } catch (SQLException e) {
      throw journal.unreadable(e);
    }
  }

  private void demandAllThere() {
    for (var file : List.of(journal.path(), snapshots.path(), marks)) {
      if (Files.notExists(file)) {
        throw new StoreException(
            STORE_INCOMPLETE,
            "%s is missing beside %s, so this is an incomplete store and not a new one%s"
                .formatted(
                    file,
                    String.join(", ", there().stream().map(f -> "" + f.getFileName()).toList()),
                    whatNow()));
      }
    }
  }

  private void checkLog(SqliteFile database) throws IOException {
    var found = WriteAheadLog.check(database.path());
    var log = WriteAheadLog.of(database.path());
    switch (found.state()) {
      case SOUND -> {}
      case TORN ->
          LOG.warn(
              "{} ends with a transaction that is not whole at frame {}, byte {}, as after a crash"
                  + " while it was written; it is dropped, and the marks tell next whether an"
                  + " acknowledged row was in it",
              log,
              found.frame(),
              found.offset());
      case DAMAGED ->
          throw new StoreException(
              STORE_DAMAGED,
              "STORE_DAMAGED: %s is damaged at frame %d, byte %d, with %d or more commits at or behind it, which may be lost%s"
                  .formatted(log, found.frame(), found.offset(), found.commitsBehind(), whatNow()));
    }
  }

  private void demandIdentity(Marks open, SqliteFile file, Connection connection) {
    var found = file.named(() -> IdentityTable.read(connection)).orElse("none");
    if (!found.equals(open.id())) {
      throw new StoreException(
          STORE_MIXED,
          "%s belongs to store %s, %s to store %s: files of two stores are mixed%s"
              .formatted(file.path(), found, marks, open.id(), whatNow()));
    }
  }

  private void identify(String id, Connection rows, Connection states) {
    journal.named(() -> IdentityTable.write(rows, id));
    snapshots.named(() -> IdentityTable.write(states, id));
  }

  /** Every row that was acknowledged, or that a snapshot covers, must be there. */
  private void demandRows(Map<String, Long> marked, Connection rows, Connection states) {
    for (var mark : marked.entrySet()) {
      demandRow(rows, mark.getKey(), mark.getValue(), "was acknowledged");
    }
    for (var newest : snapshots.named(() -> newestSnapshots(states)).entrySet()) {
      demandRow(rows, newest.getKey(), newest.getValue(), "is in a snapshot");
    }
  }

  private void demandRow(Connection rows, String persistenceId, long row, String how) {
    var highest = journal.named(() -> highest(rows, persistenceId));
    if (highest < row) {
      throw new StoreException(
          STORE_LOST_ROWS,
          "row %d of %s %s and is missing: the highest in %s is %d; the end of %s was damaged or removed, or the file is an older copy%s"
              .formatted(
                  row,
                  words(persistenceId),
                  how,
                  journal.path(),
                  highest,
                  WriteAheadLog.of(journal.path()).getFileName(),
                  whatNow()));
    }
  }

  static long highest(Connection rows, String persistenceId) throws SQLException {
    try (var query =
        rows.prepareStatement(
            "SELECT max(sequence_number) FROM event_journal WHERE persistence_id = ?")) {
      query.setString(1, persistenceId);
      try (var row = query.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }

  static Map<String, Long> newestSnapshots(Connection states) throws SQLException {
    var newest = new TreeMap<String, Long>();
    try (var statement = states.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT persistence_id, max(sequence_number) FROM snapshot GROUP BY"
                    + " persistence_id")) {
      while (rows.next()) {
        newest.put(rows.getString(1), rows.getLong(2));
      }
    }
    return newest;
  }

  /** How people call an entity of the journal. */
  static String words(String persistenceId) {
    return persistenceId.startsWith(StoredRows.PARTITION)
        ? "partition " + persistenceId.substring(StoredRows.PARTITION.length())
        : persistenceId.toLowerCase(Locale.ROOT);
  }

  private String whatNow() {
    return WHAT_NOW + directory;
  }

  /** One that no other store has. */
  static String newIdentity(RandomGenerator random) {
    var bytes = new byte[16];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Files of earlier builds, and of a restore, may be open to others. */
  private void restrict() throws IOException {
    for (var file : there()) {
      OwnerOnly.restrict(file);
    }
    for (var database : List.of(journal.path(), snapshots.path())) {
      OwnerOnly.restrict(database.resolveSibling(database.getFileName() + "-shm"));
    }
  }
}
