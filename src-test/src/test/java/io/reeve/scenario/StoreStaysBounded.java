package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.reeve.client.ReeveClient;
import io.reeve.client.ReeveException;
import io.reeve.client.TaskRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Half a million tasks go through, and what stays on the disk is what the settings say. */
class StoreStaysBounded {

  private static final int TASKS = Integer.getInteger("reeve.scenario.tasks", 500_000);
  private static final int PER_CALL = 1000;
  private static final int CALLS_AHEAD_MAX = 40;
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration THROUGH_WITHIN = Duration.ofMinutes(8);

  /** Bytes of the journal's file and of its write-ahead log, which may have 8 MiB before a copy. */
  private static final long JOURNAL_BYTES_MAX = 32L << 20;

  private static final int FINISHED_KEPT = 1000;
  private static final int PARTITIONS = 16;
  private static final Pattern REPLAYED =
      Pattern.compile("partition \\d+ recovered: \\d+ live tasks, (\\d+) rows replayed");

  private static final String[] SETTINGS = {
    "reeve.partition.count=" + PARTITIONS,
    "reeve.partition.snapshot.rows-min=500",
    "reeve.partition.snapshot.finished-min=5000",
    "reeve.partition.finished.max=" + FINISHED_KEPT
  };

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Test
  @Timeout(600)
  void theJournalIsCutAndFinishedTasksAreForgotten() throws Exception {
    var node = fleet.node(SETTINGS);
    List<String> first;
    var began = System.nanoTime();
    try (var client = node.client();
        var worker = PlainWorker.thatCompletes("plain", node, 5000)) {
      first = submit(client, 0);
      for (var call = 1; call < TASKS / PER_CALL; call++) {
        submit(client, call);
        var ahead = (call - CALLS_AHEAD_MAX) * (long) PER_CALL;
        Await.until("the worker keeps up", SOON, () -> worker.completed() >= ahead);
      }
      Await.until(
          "all are through",
          THROUGH_WITHIN,
          () -> worker.completed() == TASKS && worker.isSettled());
    }
    var took = Duration.ofNanos(System.nanoTime() - began);
    Await.until("the journal is cut", SOON, () -> journal().first() > 1);
    Await.until(
        "two snapshots at most are kept of each partition",
        SOON,
        () -> snapshotsPerPartition().values().stream().allMatch(kept -> kept <= 2));

    node.process().kill();
    var journal = journal();
    var bytes = bytes("journal.db") + bytes("journal.db-wal");
    var again = fleet.node(SETTINGS);

    System.out.printf(
        "%d tasks in %s; %d rows written, %d kept in %d KiB; snapshots %s; start after a kill %s%n",
        TASKS,
        took,
        journal.written(),
        journal.kept(),
        bytes / 1024,
        snapshotsPerPartition(),
        again.startedIn());
    assertThat(bytes).isLessThan(JOURNAL_BYTES_MAX);
    assertThat(journal.kept()).isLessThan(journal.written() / 2);
    assertThat(rowsReplayed(again)).as("rows replayed").isLessThanOrEqualTo(journal.kept());
    try (var client = again.client()) {
      for (var id : List.of(first.get(0), first.get(PER_CALL - 1))) {
        assertThatThrownBy(() -> client.get(id))
            .isInstanceOfSatisfying(
                ReeveException.class,
                refusal -> assertThat(refusal.code()).isEqualTo(Status.Code.NOT_FOUND));
      }
      assertThat(submit(client, 0)).as("the repeated request").isEqualTo(first);
    }
  }

  @Tag("slow")
  @Test
  void aNodeThatIsKilledAfterEachSnapshotRemovesRowsToo() {
    var settings =
        new String[] {
          "reeve.partition.count=1",
          "reeve.partition.finished.max=50",
          "reeve.partition.snapshot.finished-min=500"
        };
    var snapshots = 0L;
    for (var run = 0; run < 4; run++) {
      var node = fleet.node(settings);
      try (var client = node.client();
          var worker = PlainWorker.thatCompletes("plain", node, 5000)) {
        submit(client, run);
        Await.until(
            "all are through", SOON, () -> worker.completed() == PER_CALL && worker.isSettled());
      }
      var before = snapshots;
      Await.until("a snapshot is stored", SOON, () -> newestSnapshot() > before);
      snapshots = newestSnapshot();
      Await.until(
          "two snapshots at most are kept",
          SOON,
          () -> snapshotsPerPartition().values().stream().allMatch(kept -> kept <= 2));
      node.process().kill();
    }

    assertThat(journal().first()).as("the first row kept").isGreaterThan(1);
  }

  /** What the partitions of the node say of their start. */
  private static long rowsReplayed(NodeProcess node) {
    Await.until(
        "all partitions have recovered",
        SOON,
        () -> REPLAYED.matcher(node.process().said()).results().count() == PARTITIONS);
    return REPLAYED
        .matcher(node.process().said())
        .results()
        .mapToLong(row -> Long.parseLong(row.group(1)))
        .sum();
  }

  private static List<String> submit(ReeveClient client, int call) {
    var task = TaskRequest.of("any").build();
    return client.submitAll("call-" + call, Collections.nCopies(PER_CALL, task)).taskIds();
  }

  /** The rows of partitions, all together. */
  private record Rows(long first, long written, long kept) {}

  private Rows journal() {
    Map<String, Long> last = new HashMap<>();
    var kept = new long[1];
    var first = new long[] {Long.MAX_VALUE};
    try (var reader = fleet.reader()) {
      reader.forEachRow(
          row -> {
            if (row.persistenceId().startsWith("partition|")) {
              if (last.put(row.persistenceId(), row.sequenceNr()) == null) {
                first[0] = Math.min(first[0], row.sequenceNr());
              }
              kept[0]++;
            }
          });
    }
    var written = last.values().stream().mapToLong(Long::longValue).sum();
    return new Rows(first[0], written, kept[0]);
  }

  private long newestSnapshot() {
    return snapshots("max(sequence_number)").values().stream().mapToInt(n -> n).max().orElse(0);
  }

  private Map<String, Integer> snapshotsPerPartition() {
    return snapshots("count(*)");
  }

  private Map<String, Integer> snapshots(String figure) {
    var found = new HashMap<String, Integer>();
    var sql = "SELECT persistence_id, " + figure + " FROM snapshot GROUP BY persistence_id";
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file("snapshots.db"));
        var query = connection.prepareStatement(sql);
        var rows = query.executeQuery()) {
      while (rows.next()) {
        found.put(rows.getString(1), rows.getInt(2));
      }
    } catch (SQLException e) {
      throw new IllegalStateException("expected to read the snapshots", e);
    }
    return found;
  }

  private Path file(String name) {
    return fleet.data().resolve(name);
  }

  private long bytes(String name) throws IOException {
    return Files.exists(file(name)) ? Files.size(file(name)) : 0;
  }
}
