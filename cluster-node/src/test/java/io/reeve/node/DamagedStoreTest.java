package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.reeve.node.store.LossAcceptance;
import io.reeve.node.store.StoreSettings;
import io.reeve.v1.GetTaskRequest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node meets a store whose rows are not as it wrote them. */
@Timeout(60) // Far below the time within which a node has to be ready.
class DamagedStoreTest {

  private static final int TASKS = 6;
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
    assertThat(report.lost())
        .containsExactly(
            "rows 4 to %d of partition 0: the first of them is damaged or missing"
                .formatted(TASKS + 1));
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

  @Test
  void aStoreThatIsSoundLosesNothing() throws Exception {
    assertThat(accept().lost()).isEmpty();

    try (var node = new RunningNode(directory)) {
      assertThat(known(node)).isEqualTo(IDS);
    }
  }

  private void assertRefused(String what) {
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
    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("reeve node: STORE_DAMAGED: ")
        .contains(what)
        .contains(directory.resolve("journal.db").toString())
        .contains("reeve store accept-loss --data-dir " + directory)
        .hasLineCount(1);
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
