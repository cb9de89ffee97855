package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reeve.domain.partition.PartitionCounts;
import io.reeve.node.store.StoreException;
import io.reeve.node.store.StoreMigration;
import io.reeve.node.store.StoreSenses;
import io.reeve.node.store.Stores;
import io.reeve.postgres.LocalPostgres;
import io.reeve.v1.CancelTaskRequest;
import io.reeve.v1.GetTaskRequest;
import io.reeve.v1.SubmitTaskRequest;
import io.reeve.v1.TaskSpec;
import io.reeve.v1.TaskState;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node's store goes to a database, and a node goes on there. */
@Tag("slow")
class StoreMigrationTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final StoreSenses SENSES = new StoreSenses(System::nanoTime, RANDOM);
  private static final String SCHEMA_KEY = "reeve.store.schema";

  private static LocalPostgres postgres;

  @TempDir private Path directory = Path.of("");

  private final Heard heard = new Heard();

  @BeforeAll
  static void startServer() {
    postgres = LocalPostgres.start(System.getenv(), RANDOM);
  }

  @AfterAll
  static void stopServer() {
    postgres.close();
  }

  @Test
  void aNodeGoesOnWithEveryTask() throws Exception {
    var ids = fill();
    var target = target();

    var report = new StoreMigration(target.all(), source(), SENSES, heard).run(false);

    assertThat(report.copied()).isTrue();
    assertThat(report.rows()).isPositive().isEqualTo(heard.copied).isEqualTo(heard.found);
    assertThat(report.snapshots()).isPositive();
    assertThat(heard.compared).isEqualTo(2 * report.rows());
    assertThat(report.entities())
        .extracting(StoreMigration.Entity::persistenceId)
        .contains("dispatcher", "partition|0");
    try (var node = new RunningNode(target)) {
      assertThat(states(node, ids))
          .containsExactly(
              TaskState.TASK_STATE_CANCELLED,
              TaskState.TASK_STATE_READY,
              TaskState.TASK_STATE_WAITING,
              TaskState.TASK_STATE_CANCELLED,
              TaskState.TASK_STATE_READY,
              TaskState.TASK_STATE_WAITING,
              TaskState.TASK_STATE_CANCELLED,
              TaskState.TASK_STATE_READY,
              TaskState.TASK_STATE_WAITING);
      assertThat(submit(node, 4)).as("the same request again").isEqualTo(ids.get(4));
      assertThat(submit(node, 1000)).isNotIn(ids);
    }
  }

  @Test
  void theDatabaseHasAsManyPartitionsAsTheDirectory() throws Exception {
    fill();
    var target = target();

    new StoreMigration(target.all(), source(), SENSES, heard).run(false);

    try (var store = Stores.open(target.all(), SENSES)) {
      assertThat(store.partitionCounts()).containsExactly(new PartitionCounts.Line(1, 0));
    }
  }

  @Test
  void aTrialChangesNothing() throws Exception {
    fill();
    var target = target();

    var trial = new StoreMigration(target.all(), source(), SENSES, heard).run(true);
    var copy = new StoreMigration(target.all(), source(), SENSES, heard).run(false);

    assertThat(trial.copied()).isFalse();
    assertThat(trial.entities()).isEqualTo(copy.entities());
  }

  @Test
  void aSchemaWithRowsIsRefusedAndStaysAsItIs() throws Exception {
    fill();
    var target = target();
    new StoreMigration(target.all(), source(), SENSES, heard).run(false);

    assertThatThrownBy(() -> new StoreMigration(target.all(), source(), SENSES, heard).run(false))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("expected an empty schema")
        .hasMessageContaining("reeve.store.schema");
  }

  @Test
  void aCopyThatIsInterruptedLeavesNothingAndCanBeginAgain() throws Exception {
    fill();
    var target = target();
    var interrupted =
        new Heard() {
          @Override
          public void copied(long rows) {
            throw new IllegalStateException("interrupted");
          }
        };

    assertThatThrownBy(
            () -> new StoreMigration(target.all(), source(), SENSES, interrupted).run(false))
        .hasMessage("interrupted");

    assertThat(new StoreMigration(target.all(), source(), SENSES, heard).run(false).copied())
        .isTrue();
  }

  @Test
  void aNodeThatRunsKeepsItsDirectory() throws Exception {
    try (var node = new RunningNode(embedded())) {
      submit(node, 1);

      assertThatThrownBy(
              () -> new StoreMigration(target().all(), source(), SENSES, heard).run(false))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("is in use by process");
    }
  }

  @Test
  void aDirectoryWithoutAStoreIsRefusedAndNotMadeOne() {
    var missing = directory.resolve("missing");

    assertThatThrownBy(() -> new StoreMigration(target().all(), missing, SENSES, heard).run(false))
        .hasMessageContaining("expected a data directory with a journal.db");

    assertThat(missing).doesNotExist();
  }

  // ---- Nodes and tasks --------------------------------------------------------------------------

  private Path source() {
    return directory.resolve("source");
  }

  /** Cancelled, ready and waiting tasks, with snapshots of some of them. */
  private List<String> fill() throws Exception {
    var ids = new ArrayList<String>();
    try (var node = new RunningNode(embedded())) {
      for (var i = 0; i < 9; i++) {
        ids.add(submit(node, i));
        if (i % 3 == 0) {
          var cancel = CancelTaskRequest.newBuilder().setTaskId(ids.get(i)).build();
          assertThat(node.tasks().cancelTask(cancel).hasTask()).isTrue();
        }
      }
    }
    return ids;
  }

  private static String submit(RunningNode node, int number) {
    var task =
        TaskSpec.newBuilder().setKind("echo").setPayload(ByteString.copyFromUtf8("n" + number));
    if (number % 3 == 2) {
      task.setDelay(Duration.newBuilder().setSeconds(3600));
    }
    var request =
        SubmitTaskRequest.newBuilder().setRequestId("request-" + number).setTask(task).build();
    return node.tasks().submitTask(request).getTaskId();
  }

  private static List<TaskState> states(RunningNode node, List<String> ids) {
    return ids.stream()
        .map(id -> GetTaskRequest.newBuilder().setTaskId(id).build())
        .map(request -> node.tasks().getTask(request).getTask().getState())
        .toList();
  }

  private NodeConfig embedded() {
    return config(Map.of("reeve.store.directory", source().toString()));
  }

  private NodeConfig target() {
    return config(
        Map.of(
            "reeve.store.directory",
            directory.resolve("target").toString(),
            "reeve.store.url",
            postgres.url(),
            SCHEMA_KEY,
            "moved_" + Long.toHexString(RANDOM.nextLong())));
  }

  private static NodeConfig config(Map<String, String> store) {
    Map<String, Object> settings = new HashMap<>(store);
    settings.put("reeve.grpc.port", 0);
    settings.put("reeve.partition.count", 1);
    settings.put("reeve.partition.snapshot.rows-min", 2);
    settings.put("reeve.partition.snapshot.finished-min", 1);
    Config overrides = ConfigFactory.parseMap(settings);
    return NodeConfig.load(null, Map.of(), overrides);
  }

  private static class Heard implements StoreMigration.Listener {
    private long found;
    private long copied;
    private long compared;

    @Override
    public void found(long rows, long snapshots) {
      found = rows;
    }

    @Override
    public void copied(long rows) {
      copied += rows;
    }

    @Override
    public void compared(long rows) {
      compared += rows;
    }
  }
}
