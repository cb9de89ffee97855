package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.reeve.domain.partition.PartitionCounts;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedStoreTest {

  private final Path directory;

  EmbeddedStoreTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void aMissingDirectoryIsCreatedForItsOwnerOnly() throws IOException {
    var data = directory.resolve("a/b");

    TestStores.open(data).close();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
        .isEqualTo("rwx------");
    assertThat(data.resolve("journal.db")).exists();
    assertThat(data.resolve("snapshots.db")).exists();
  }

  @Test
  void aDirectoryMayHaveCharactersThatMeanSomethingInAnAddress() {
    var data = directory.resolve("my data?x=1&synchronous=OFF #50% ä");

    try (var store = TestStores.open(data)) {
      assertThat(store.damages()).isEmpty();
    }

    assertThat(data.resolve("journal.db")).exists();
  }

  @Test
  void theAddressGivenToThePluginMakesCommitsDurable() throws SQLException {
    try (var store = TestStores.open(directory)) {
      var url =
          store
              .pekkoConfig()
              .getString("pekko-persistence-jdbc.shared-databases.reeve-journal.db.url");

      try (var connection = DriverManager.getConnection(url)) {
        assertThat(SqliteFile.pragma(connection, "journal_mode")).isEqualTo("wal");
        assertThat(SqliteFile.pragma(connection, "synchronous")).isEqualTo("2");
        assertThat(SqliteFile.pragma(connection, "busy_timeout")).isEqualTo("8000");
        assertThat(SqliteFile.pragma(connection, "page_size")).isEqualTo("4096");
        assertThat(SqliteFile.pragma(connection, "wal_autocheckpoint")).isEqualTo("2048");
        assertThat(SqliteFile.pragma(connection, "journal_size_limit")).isEqualTo("67108864");
      }
    }
  }

  @Test
  void aConnectionThatIsNotDurableIsRefused() throws SQLException {
    try (var store = TestStores.open(directory)) {
      var journal = EmbeddedStore.journalFile(store.directory(), TestStores.settings(directory));

      try (var connection = journal.connect();
          var statement = connection.createStatement()) {
        statement.execute("PRAGMA synchronous=NORMAL");
        assertThatThrownBy(() -> journal.verifyDurability(connection))
            .isInstanceOfSatisfying(
                StoreException.class,
                e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.NOT_DURABLE))
            .hasMessageContaining("expected synchronous=2, got 1");
      }
    }
  }

  @Test
  void openingAgainChangesNothing() throws SQLException {
    TestStores.open(directory).close();
    var first = migrations();

    TestStores.open(directory).close();

    assertThat(migrations()).isEqualTo(first).isEqualTo("1,2,3");
  }

  @Test
  void filesOfANewerReleaseAreRefused() throws SQLException {
    TestStores.open(directory).close();
    execute(
        "INSERT INTO flyway_schema_history SELECT 4, '4', 'later', type, 'V4__later.sql', checksum,"
            + " installed_by, installed_on, execution_time, success FROM flyway_schema_history"
            + " WHERE version = '1'");

    var refusal =
        catchThrowableOfType(StoreException.class, () -> TestStores.open(directory).close());

    assertThat(refusal.reason()).isEqualTo(StoreException.Reason.SCHEMA_TOO_NEW);
    assertThat(refusal)
        .hasMessageContaining("journal.db has schema version 4, which this release does not know");
  }

  @Test
  void filesOfAnEarlierReleaseHaveAsManyPartitionsAsTheirHighestSays() throws Exception {
    TestStores.open(directory).close();
    asAnEarlierBuildLeftIt();
    execute("DROP TABLE partition_count");
    execute("DELETE FROM flyway_schema_history WHERE version = '2'");
    for (var id : List.of("dispatcher", "partition|2", "partition|11")) {
      execute(
          "INSERT INTO event_journal (persistence_id, sequence_number, writer, write_timestamp,"
              + " adapter_manifest, event_ser_id, event_ser_manifest, event_payload) VALUES ('"
              + id
              + "', 1, 'w', 1, '', 1, 'm', x'00')");
    }

    try (var store = TestStores.open(directory)) {
      assertThat(store.partitionCounts()).containsExactly(new PartitionCounts.Line(12, 0));
    }
  }

  @Test
  void filesWhoseMigrationsWereChangedAreRefused() throws SQLException {
    TestStores.open(directory).close();
    execute("UPDATE flyway_schema_history SET checksum = 7");

    var refusal =
        catchThrowableOfType(StoreException.class, () -> TestStores.open(directory).close());

    assertThat(refusal.reason()).isEqualTo(StoreException.Reason.SCHEMA_UNEXPECTED);
  }

  @Test
  void aSecondStoreOfThisProcessIsRefusedAndTheFirstKeepsItsLock() throws Exception {
    try (var first = TestStores.open(directory)) {
      assertThatThrownBy(() -> TestStores.open(first.directory()))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("in use by process " + ProcessHandle.current().pid());

      try (var child = holder()) {
        assertThat(child.nextLine())
            .startsWith("DIRECTORY_IN_USE")
            .contains("in use by process " + ProcessHandle.current().pid());
      }
    }
  }

  @Test
  void aSecondProcessIsRefusedUntilTheFirstIsDead() throws Exception {
    try (var child = holder()) {
      assertThat(child.nextLine()).isEqualTo("open");

      var refusal =
          catchThrowableOfType(StoreException.class, () -> TestStores.open(directory).close());

      assertThat(refusal.reason()).isEqualTo(StoreException.Reason.DIRECTORY_IN_USE);
      assertThat(refusal).hasMessageContaining("in use by process " + child.pid());
      child.kill();
    }
    TestStores.open(directory).close();
  }

  @Test
  void aDirectoryThatIsAFileIsRefused() throws IOException {
    var file = Files.writeString(directory.resolve("data"), "x");

    assertThatThrownBy(() -> TestStores.open(file))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.DIRECTORY_UNUSABLE))
        .hasMessageContaining(file.toString());
  }

  @Test
  void aFileThatIsNoDatabaseIsRefused() throws IOException {
    Files.write(directory.resolve("journal.db"), new byte[10_000]);
    Files.writeString(directory.resolve("journal.db"), "not a database at all".repeat(1000));

    assertThatThrownBy(() -> TestStores.open(directory))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("journal.db");
  }

  @Test
  void theIntegrityCheckFindsADamagedPage() throws Exception {
    TestStores.open(directory).close();
    var file = directory.resolve("journal.db");
    try (var raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.seek(2 * 4096L);
      raw.write(new byte[4096]);
    }

    var journal = EmbeddedStore.journalFile(directory, TestStores.settings(directory));

    assertThat(journal.damages()).isNotEmpty();
  }

  // ---- Parts of a store -------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(strings = {"journal.db", "snapshots.db", "marks"})
  void aStoreThatLacksOneOfItsFilesIsRefusedAndNothingIsMadeInItsPlace(String file)
      throws IOException {
    TestStores.open(directory).close();
    Files.delete(directory.resolve(file));

    var refusal = refusal();

    assertThat(refusal.reason()).isEqualTo(StoreException.Reason.STORE_INCOMPLETE);
    assertThat(refusal)
        .hasMessageContaining(directory.resolve(file) + " is missing beside ")
        .hasMessageContaining("reeve store accept-loss --data-dir " + directory);
    assertThat(directory.resolve(file)).doesNotExist();
  }

  @Test
  void aLogWithoutItsDatabaseIsNoNewStore() throws IOException {
    Files.write(directory.resolve("journal.db-wal"), new byte[100]);

    assertThat(refusal().reason()).isEqualTo(StoreException.Reason.STORE_INCOMPLETE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"journal.db", "snapshots.db", "marks"})
  void filesOfTwoStoresAreRefused(String file, @TempDir Path other) throws IOException {
    TestStores.open(directory).close();
    TestStores.open(other).close();
    Files.copy(other.resolve(file), directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);

    var refusal = refusal();

    assertThat(refusal.reason()).isEqualTo(StoreException.Reason.STORE_MIXED);
    assertThat(refusal).hasMessageContaining("files of two stores are mixed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "journal.db", "journal.db snapshots.db"})
  void aStartThatWasCutOffWhileItMadeTheStoreIsGoneOnWith(String made) throws Exception {
    var finished = directory.resolve("finished");
    TestStores.open(finished).close();
    for (var file : made.split(" ", -1)) {
      if (!file.isEmpty()) {
        Files.copy(finished.resolve(file), directory.resolve(file));
      }
    }
    Marks.begin(directory.resolve("marks"), "00112233445566778899aabbccddeeff").close();

    TestStores.open(directory).close();
    TestStores.open(directory).close();

    try (var marks = Marks.open(directory.resolve("marks"))) {
      assertThat(marks.state()).isEqualTo(Marks.State.FORMED);
      assertThat(marks.id()).isEqualTo("00112233445566778899aabbccddeeff");
    }
  }

  @Test
  void aStoreOfAnEarlierBuildGetsItsIdentity() throws Exception {
    TestStores.open(directory).close();
    asAnEarlierBuildLeftIt();

    TestStores.open(directory).close();

    try (var marks = Marks.open(directory.resolve("marks"));
        var journal =
            EmbeddedStore.journalFile(directory, TestStores.settings(directory)).connect()) {
      assertThat(IdentityTable.read(journal)).contains(marks.id());
    }
  }

  @Test
  void damagedMarksAreRefused() throws IOException {
    TestStores.open(directory).close();
    try (var marks = new RandomAccessFile(directory.resolve("marks").toFile(), "rw")) {
      marks.seek(20);
      marks.write(0);
    }

    var refusal = refusal();

    assertThat(refusal.reason()).isEqualTo(StoreException.Reason.STORE_DAMAGED);
    assertThat(refusal).hasMessageContaining("marks cannot be read: its header is damaged");
  }

  @Test
  void filesAreTheirOwnersAloneAlsoInADirectoryThatIsOpenToAll() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    TestStores.open(directory).close();
    Files.setPosixFilePermissions(
        directory.resolve("journal.db"), PosixFilePermissions.fromString("rw-r--r--"));

    try (var store = TestStores.open(directory)) {
      assertThat(store.broken().toCompletableFuture()).isNotDone();
      try (var files = Files.list(directory)) {
        assertThat(files)
            .hasSizeGreaterThanOrEqualTo(6)
            .allSatisfy(
                file ->
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .as(file.toString())
                        .isEqualTo("rw-------"));
      }
    }
  }

  private StoreException refusal() {
    return catchThrowableOfType(StoreException.class, () -> TestStores.open(directory).close());
  }

  private void asAnEarlierBuildLeftIt() throws SQLException, IOException {
    execute("DROP TABLE store_identity");
    execute("DELETE FROM flyway_schema_history WHERE version = '3'");
    var snapshots = EmbeddedStore.snapshotFile(directory, TestStores.settings(directory));
    try (var connection = snapshots.connect();
        var statement = connection.createStatement()) {
      statement.execute("DROP TABLE store_identity");
      statement.execute("DELETE FROM flyway_schema_history WHERE version = '2'");
    }
    Files.delete(directory.resolve("marks"));
  }

  private ChildJvm holder() throws IOException {
    return ChildJvm.start(List.of(), LedgerProcess.class, directory.toString(), "0", "0");
  }

  private String migrations() throws SQLException {
    var journal = EmbeddedStore.journalFile(directory, TestStores.settings(directory));
    try (var connection = journal.connect();
        var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "SELECT group_concat(version) FROM flyway_schema_history WHERE success")) {
      row.next();
      return row.getString(1);
    }
  }

  private void execute(String sql) throws SQLException {
    var journal = EmbeddedStore.journalFile(directory, TestStores.settings(directory));
    try (var connection = journal.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
