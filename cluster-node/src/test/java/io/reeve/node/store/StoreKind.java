package io.reeve.node.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** The kinds of store, for tests that all of them have to pass. */
enum StoreKind {
  EMBEDDED {
    @Override
    Opened open(Path directory) {
      return new OpenedFiles(TestStores.open(directory));
    }
  },

  POSTGRES {
    @Override
    Opened open(Path directory) {
      var settings = TestPostgres.settings(directory, TestPostgres.newSchema());
      return new OpenedDatabase(PostgresStore.open(settings, TestStores.SENSES), settings);
    }
  };

  /** A new store, in this directory or beside it. */
  abstract Opened open(Path directory);

  /** An open store, and ways to it behind its back. */
  interface Opened extends AutoCloseable {

    Store store();

    /** A connection that sees the table of events. */
    Connection journal() throws SQLException;

    /** A connection that sees the table of snapshots. */
    Connection snapshots() throws SQLException;

    JournalReader reader();

    @Override
    default void close() {
      store().close();
    }
  }

  private record OpenedFiles(EmbeddedStore store) implements Opened {

    @Override
    public Connection journal() throws SQLException {
      return EmbeddedStore.journalFile(store.directory(), TestStores.settings(store.directory()))
          .connect();
    }

    @Override
    public Connection snapshots() throws SQLException {
      return EmbeddedStore.snapshotFile(store.directory(), TestStores.settings(store.directory()))
          .connect();
    }

    @Override
    public JournalReader reader() {
      return JournalReader.open(store.journalPath());
    }
  }

  private record OpenedDatabase(PostgresStore store, PostgresSettings settings) implements Opened {

    @Override
    public Connection journal() throws SQLException {
      try (var database = new PostgresDatabase(settings)) {
        return database.connect();
      }
    }

    @Override
    public Connection snapshots() throws SQLException {
      return journal();
    }

    @Override
    public JournalReader reader() {
      return JournalReader.open(settings);
    }
  }
}
