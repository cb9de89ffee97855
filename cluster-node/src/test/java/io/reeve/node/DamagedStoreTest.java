package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.typesafe.config.ConfigFactory;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reeve.domain.rules.EpochStarted;
import io.reeve.domain.rules.QueueRules;
import io.reeve.domain.rules.Recorded;
import io.reeve.journal.DispatcherSerializer;
import io.reeve.node.store.LossAcceptance;
import io.reeve.node.store.StoreException;
import io.reeve.node.store.StoreSettings;
import io.reeve.v1.GetTaskRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A node meets a store whose rows are not as it wrote them. */
@Timeout(60) // Far below the time within which a node has to be ready.
class DamagedStoreTest {

  private static final int TASKS = 6;
  private static final String OF_DISPATCHER = " WHERE persistence_id = 'dispatcher'";
  private static final String ROWS_LOST =
      "rows %d to %d of %s: the first of them is damaged or missing";
  private static final Map<String, Object> ONE_PARTITION = Map.of("reeve.partition.count", 1);

  @TempDir private static Path sound = Path.of("");
  private static final List<String> IDS = new ArrayList<>();

  @TempDir private Path directory = Path.of("");

  @BeforeAll
  static void submit() throws Exception {
    try (var node = new RunningNode(sound, ONE_PARTITION)) {
      for (var task = 0; task < TASKS; task++) {
        IDS.add(node.submit("task " + task));
      }
    }
  }

  @BeforeEach
  void copy() throws Exception {
    try (var files = Files.list(sound)) {
      for (var file : files.toList()) {
        Files.copy(
            file, directory.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  @Test
  void aFlippedByteEndsTheStartAtOnceAndIsNamed() throws Exception {
    flip(4);

    assertRefused("row 4 of partition 0 is damaged or in the wrong place");
  }

  @Test
  void twoRowsThatChangedPlacesAreNamed() throws Exception {
    execute("UPDATE event_journal SET sequence_number = -3 WHERE" + ofPartition(3));
    execute("UPDATE event_journal SET sequence_number = 3 WHERE" + ofPartition(4));
    execute("UPDATE event_journal SET sequence_number = 4 WHERE" + ofPartition(-3));

    assertRefused("row 3 of partition 0 is damaged or in the wrong place");
  }

  @Test
  void aRowThatIsGoneIsNamed() throws Exception {
    execute("DELETE FROM event_journal WHERE" + ofPartition(3));

    assertRefused("expected row 3 of partition|0, got row 4");
  }

  @Test
  void anUnreadableRowOfTheDispatcherIsNamed() throws Exception {
    execute("UPDATE event_journal SET event_payload = x'ffff' WHERE persistence_id = 'dispatcher'");

    assertRefused("dispatcher of " + directory.resolve("journal.db"));
  }

  @Test
  void afterTheLossWasAcceptedTheNodeGoesOnWithWhatIsBeforeTheDamage() throws Exception {
    flip(4);

    var report = accept();

    // Row 1 is the writer's claim, and one row has one task here.
    assertThat(report.lost()).containsExactly(ROWS_LOST.formatted(4, TASKS + 1, "partition 0"));
    try (var node = new RunningNode(directory)) {
      assertThat(known(node)).isEqualTo(IDS.subList(0, 2));
    }
    new RunningNode(directory).close();
  }

  @Test
  void afterTheLossOfTheJournalWasAcceptedTheNodeStartsWithNothing() throws Exception {
    Files.delete(directory.resolve("journal.db"));

    var report = accept();

    assertThat(report.lost()).anyMatch(what -> what.startsWith("rows 1 to 7 of partition 0: "));
    try (var node = new RunningNode(directory, ONE_PARTITION)) {
      assertThat(known(node)).isEmpty();
    }
  }

  /** Rows of the dispatcher go behind its older snapshot, as those of partitions do. */
  @Test
  void theDispatcherGoesOnFromItsSnapshotWhenTheLossOfItsRowsWasAccepted() throws Exception {
    execute("UPDATE event_journal SET sequence_number = 402" + OF_DISPATCHER);
    keepSnapshotOfDispatcher(400, new Recorded(70, QueueRules.NONE, 0));

    assertThat(accept().lost()).containsExactly(ROWS_LOST.formatted(401, 402, "dispatcher"));

    new RunningNode(directory).close();
    assertThat(epochAt(401)).isEqualTo(71);
  }

  private void keepSnapshotOfDispatcher(long row, Recorded state) throws SQLException {
    var serializer = new DispatcherSerializer();
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("snapshots.db"));
        var insert =
            connection.prepareStatement(
                "INSERT INTO snapshot (persistence_id, sequence_number, created, snapshot_ser_id,"
                    + " snapshot_ser_manifest, snapshot_payload)"
                    + " VALUES ('dispatcher', ?, 1, ?, ?, ?)")) {
      insert.setLong(1, row);
      insert.setInt(2, serializer.identifier());
      insert.setString(3, serializer.manifest(state));
      insert.setBytes(4, serializer.toBinary(state));
      insert.executeUpdate();
    }
  }

  private long epochAt(long row) throws Exception {
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("journal.db"));
        var query =
            connection.prepareStatement(
                "SELECT event_payload, event_ser_manifest FROM event_journal"
                    + OF_DISPATCHER
                    + " AND sequence_number = ?")) {
      query.setLong(1, row);
      try (var found = query.executeQuery()) {
        assertThat(found.next()).isTrue();
        var event = new DispatcherSerializer().fromBinary(found.getBytes(1), found.getString(2));
        return ((EpochStarted) event).epoch();
      }
    }
  }

  @Test
  void aStoreThatIsSoundLosesNothing() throws Exception {
    assertThat(accept().lost()).isEmpty();

    try (var node = new RunningNode(directory)) {
      assertThat(known(node)).isEqualTo(IDS);
    }
  }

  // ---- Pages instead of rows --------------------------------------------------------------------

  /** What happens to bytes of a file that was closed in order. */
  private interface Harm {
    void to(FileChannel file) throws IOException;
  }

  static Stream<Arguments> harms() {
    Harm cut = file -> file.truncate(3000);
    Harm noHeader = file -> file.write(ByteBuffer.allocate(16), 0);
    Harm noPage = file -> file.write(noise(4096), 4096);
    Harm nothingButNoise = file -> file.write(noise(30_000), 0);
    Harm noiseBehindTheHeader = file -> file.write(noise(30_000), 100);
    return Stream.of(
            Map.entry("cut to 3000 bytes", cut),
            Map.entry("first 16 bytes zero", noHeader),
            Map.entry("second page noise", noPage),
            Map.entry("noise", nothingButNoise),
            Map.entry("noise behind the header", noiseBehindTheHeader))
        .flatMap(
            harm ->
                Stream.of("journal.db", "snapshots.db")
                    .map(file -> Arguments.of(file, harm.getKey(), harm.getValue())));
  }

  /** The same each time. */
  private static ByteBuffer noise(int length) {
    var bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("harms")
  void aDatabaseThatIsNoneEndsTheStartAtOnceAndIsNamed(String name, String how, Harm harm)
      throws Exception {
    var file = harmed(name, harm);

    assertThat(refusal())
        .as(how)
        .startsWith("reeve node: STORE_DAMAGED: " + file + ": ")
        .contains("restore the whole data directory from a backup")
        .hasLineCount(1);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("harms")
  void theLossOfRowsThatCannotBeToldIsNotAccepted(String name, String how, Harm harm)
      throws Exception {
    var file = harmed(name, harm);
    var marks = Files.readAllBytes(directory.resolve("marks"));

    var refusal = catchThrowableOfType(StoreException.class, this::accept);

    assertThat(refusal.reason()).as(how).isEqualTo(StoreException.Reason.STORE_DAMAGED);
    assertThat(refusal.getMessage())
        .startsWith("STORE_DAMAGED: " + file + ": ")
        .contains("restore the whole data directory from a backup, or move " + name)
        .hasLineCount(1);
    assertThat(directory.resolve("marks")).hasBinaryContent(marks);
  }

  @ParameterizedTest
  @CsvSource({"journal.db, 0", "snapshots.db, 6"}) // No snapshot was needed yet.
  void afterADamagedDatabaseWasMovedAwayTheLossOfItsRowsIsAccepted(String name, int left)
      throws Exception {
    var file = harmed(name, damaged -> damaged.truncate(3000));
    assertThat(catchThrowable(this::accept)).isInstanceOf(StoreException.class);
    Files.delete(file);
    Files.deleteIfExists(directory.resolve(name + "-wal"));

    accept();

    try (var node = new RunningNode(directory, ONE_PARTITION)) {
      assertThat(known(node)).isEqualTo(IDS.subList(0, left));
    }
  }

  private Path harmed(String name, Harm harm) throws IOException {
    var file = directory.resolve(name);
    try (var open = FileChannel.open(file, StandardOpenOption.WRITE)) {
      harm.to(open);
    }
    return file;
  }

  private void assertRefused(String what) {
    assertThat(refusal())
        .startsWith("reeve node: STORE_DAMAGED: ")
        .contains(what)
        .contains(directory.resolve("journal.db").toString())
        .contains("reeve store accept-loss --data-dir " + directory)
        .hasLineCount(1);
  }

  /** What a node says on standard error that refuses the store. */
  private String refusal() {
    var err = new ByteArrayOutputStream();
    var code =
        NodeMain.run(
            null,
            ConfigFactory.parseMap(
                Map.of(
                    "reeve.store.directory",
                    directory.toString(),
                    "reeve.grpc.port",
                    0,
                    "reeve.http.port",
                    "off")),
            all -> ProductionParts.open(all, RunningNode.senses()),
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));

    assertThat(code).isEqualTo(NodeMain.STORE_REFUSED);
    return err.toString(StandardCharsets.UTF_8);
  }

  private LossAcceptance.Report accept() {
    return LossAcceptance.accept(
        StoreSettings.of(ConfigFactory.load()).in(directory), new SecureRandom());
  }

  private static List<String> known(RunningNode node) {
    var known = new ArrayList<String>();
    for (var id : IDS) {
      try {
        node.tasks().getTask(GetTaskRequest.newBuilder().setTaskId(id).build());
        known.add(id);
      } catch (StatusRuntimeException e) {
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
      }
    }
    return known;
  }

  private void flip(int row) throws SQLException {
    execute(
        "UPDATE event_journal SET event_payload = CAST(replace(event_payload, 'payload', 'paXload')"
            + " AS BLOB) WHERE"
            + ofPartition(row));
  }

  private static String ofPartition(int row) {
    return " persistence_id = 'partition|0' AND sequence_number = " + row;
  }

  private void execute(String sql) throws SQLException {
    try (var connection =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("journal.db"));
        var statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isEqualTo(1);
    }
  }
}
