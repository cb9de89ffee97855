package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.reeve.postgres.LocalPostgres;
import io.reeve.v1.GetTaskRequest;
import io.reeve.v1.TaskState;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole node on a database that has no room for rows, as its refusals tell. */
@Timeout(120)
class FullDatabaseTest {

  private static final String SCHEMA = "full_database";

  @TempDir private Path directory = Path.of("");

  @Test
  void newTasksAreRefusedByNameWhileTheOthersAreReadAndAllGoesOnOnceThereIsRoom() throws Exception {
    try (var postgres = LocalPostgres.start(System.getenv(), new SecureRandom());
        var node =
            new RunningNode(
                directory,
                Map.of(
                    "reeve.store.url",
                    postgres.url(),
                    "reeve.store.schema",
                    SCHEMA,
                    "reeve.partition.count",
                    1))) {
      var before = node.submit("before");
      execute(
          postgres,
          "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
              + " RAISE EXCEPTION 'could not extend file: No space left on device'"
              + " USING ERRCODE = '53100'; END $$");
      execute(
          postgres,
          "CREATE TRIGGER full_disk BEFORE INSERT ON event_journal"
              + " FOR EACH ROW EXECUTE FUNCTION no_room()");

      // The first row finds it out, and nobody knows what became of it.
      submitUntilRefusedFor("STORE_FULL", node);
      for (var reads = 0; reads < 20; reads++) {
        assertThat(state(node, before)).isEqualTo(TaskState.TASK_STATE_READY);
      }
      assertThat(reason(submitRefused(node))).isEqualTo("STORE_FULL");

      execute(postgres, "DROP TRIGGER full_disk ON event_journal");
      assertThat(submitOnceThereIsRoom(node)).isNotEmpty();
      assertThat(state(node, before)).isEqualTo(TaskState.TASK_STATE_READY);
    }
  }

  private static TaskState state(RunningNode node, String id) {
    return node.tasks()
        .getTask(GetTaskRequest.newBuilder().setTaskId(id).build())
        .getTask()
        .getState();
  }

  /** Submits until the refusal has this reason. */
  private static void submitUntilRefusedFor(String reason, RunningNode node) {
    var deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!reason(submitRefused(node)).equals(reason)) {
      assertThat(System.nanoTime()).as("the time").isLessThan(deadline);
    }
  }

  private static StatusRuntimeException submitRefused(RunningNode node) {
    return catchThrowableOfType(StatusRuntimeException.class, () -> node.submit("full"));
  }

  private static String reason(StatusRuntimeException refusal) {
    var status = Objects.requireNonNull(StatusProto.fromThrowable(refusal));
    for (var detail : status.getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        try {
          return detail.unpack(ErrorInfo.class).getReason();
        } catch (InvalidProtocolBufferException e) {
          throw new IllegalStateException(e);
        }
      }
    }
    throw new AssertionError("expected an ErrorInfo, got " + status);
  }

  private static String submitOnceThereIsRoom(RunningNode node) {
    var deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      try {
        return node.submit("after");
      } catch (StatusRuntimeException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }

  private static void execute(LocalPostgres postgres, String sql) throws SQLException {
    var url = URI.create(postgres.url());
    var login = url.getUserInfo().split(":", 2);
    var jdbc = "jdbc:postgresql://%s:%d%s".formatted(url.getHost(), url.getPort(), url.getPath());
    try (var connection = DriverManager.getConnection(jdbc, login[0], login[1]);
        var statement = connection.createStatement()) {
      statement.execute("SET search_path TO " + SCHEMA);
      statement.execute(sql);
    }
  }
}
