package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.client.ReeveClient;
import io.reeve.client.TaskRequest;
import io.reeve.postgres.LocalPostgres;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The server ends connections in the middle of their COMMIT: the row is there, and the node gets an
 * error all the same. It must not tell the client that the call failed, and the repeat under the
 * same request id has to be given the task of the first attempt.
 */
@Tag("slow")
class CommitIsCutOff {

  private static final int CUTS = 10;
  private static final int CALLS_MAX = 2000;

  /**
   * Longer than the backoffs of one partition add up to (200 ms doubled up to 5 s: 31 s) when every
   * cut meets the row by which it starts again.
   */
  private static final Duration CALL_TIMEOUT = Duration.ofMinutes(2);

  /** Makes commits take 20 ms, so that they can be met. */
  private static final String SLOW_COMMITS = "commit_delay = 20000\ncommit_siblings = 0\n";

  private static final String CUT =
      "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
          + " WHERE application_name = 'reeve' AND state = 'active' AND query = 'COMMIT'";

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Test
  void theSameRequestIdGivesTheTaskOfTheCommitThatWasCutOff() throws Exception {
    try (var server = PostgresOutage.ownServer()) {
      var settings = server.data().resolve("postgresql.conf");
      Files.writeString(settings, SLOW_COMMITS, StandardOpenOption.APPEND);
      server.stop();
      server.restart();
      fleet.keepTasksIn(server);
      var node = fleet.node();
      var ids = new HashMap<String, String>();
      var foundThere = 0;
      try (var client = patient(node);
          var cutter = new Cutter(server)) {
        for (var call = 1; !cutter.isDone() && call <= CALLS_MAX; call++) {
          var submission = client.submit("call-" + call, task());
          ids.put("call-" + call, submission.taskId());
          if (submission.alreadySubmitted()) {
            foundThere++;
          }
        }
        assertThat(cutter.isDone()).isTrue();
        System.out.printf(
            "%d calls, %d commits cut off, of which %d were there%n", ids.size(), CUTS, foundThere);
        assertThat(foundThere).as("calls whose commit was cut off and had worked").isPositive();
        repeatsGiveTheSame(client, ids);
      }
      var history = new History(fleet);
      history.readOn();
      assertThat(history.checker().violations()).isEmpty();
      assertThat(history.checker().unfinished()).hasSize(ids.size());
    }
  }

  private static void repeatsGiveTheSame(ReeveClient client, Map<String, String> ids) {
    ids.forEach(
        (requestId, id) -> {
          var repeat = client.submit(requestId, task());
          assertThat(repeat.taskId()).isEqualTo(id);
          assertThat(repeat.alreadySubmitted()).isTrue();
        });
  }

  private static ReeveClient patient(NodeProcess node) {
    return ReeveClient.builder().endpoints(node.endpoint()).callTimeout(CALL_TIMEOUT).build();
  }

  private static TaskRequest task() {
    return TaskRequest.of("nobody-serves-this").payload("one").build();
  }

  /** Ends whatever connection of the node is in its COMMIT, a bounded number of times. */
  private static final class Cutter implements AutoCloseable {

    /** Between two cuts, so that the partition comes back and commits again. */
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Connection connection;
    private final AtomicInteger cuts = new AtomicInteger();
    private final AtomicBoolean stopped = new AtomicBoolean();

    Cutter(LocalPostgres server) throws SQLException {
      var uri = URI.create(server.url());
      var user = uri.getUserInfo().split(":", 2);
      connection =
          DriverManager.getConnection(
              "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath(),
              user[0],
              user[1]);
      var thread = new Thread(this::run, "cutter");
      thread.setDaemon(true);
      thread.start();
    }

    boolean isDone() {
      return cuts.get() >= CUTS;
    }

    private void run() {
      while (!isDone() && !stopped.get()) {
        try (var statement = connection.createStatement();
            var row = statement.executeQuery(CUT)) {
          if (row.next() && row.getLong(1) > 0) {
            cuts.incrementAndGet();
            Await.pass(PAUSE);
          }
        } catch (SQLException e) {
          throw new IllegalStateException("expected a server that answers the cutter", e);
        }
      }
    }

    @Override
    public void close() throws SQLException {
      stopped.set(true);
      connection.close();
    }
  }
}
