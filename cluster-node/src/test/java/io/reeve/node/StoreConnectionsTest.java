package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.postgres.LocalPostgres;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a node takes of max_connections, as the page for operators says. */
@Timeout(120)
class StoreConnectionsTest {

  /** The name that the connections of this node alone have. */
  private static final String NAME = "reeve_connections_test";

  private static final int HELD = 9;
  private static final int MORE = 6;

  @TempDir private Path directory = Path.of("");

  @Test
  void aNodeHoldsNineConnectionsAndOpensAtMostSixMore() throws Exception {
    try (var postgres = LocalPostgres.start(System.getenv(), new SecureRandom());
        var watcher = connect(postgres);
        var node = new RunningNode(directory, settings(postgres))) {
      for (var i = 0; i < 300; i++) {
        node.submit("request " + i);
        assertThat(connections(watcher)).isBetween(HELD, HELD + MORE);
      }
    }
  }

  private static Map<String, Object> settings(LocalPostgres postgres) {
    var url = postgres.url();
    return Map.of(
        "reeve.store.url",
        url + (url.contains("?") ? "&" : "?") + "ApplicationName=" + NAME,
        "reeve.store.schema",
        "connections",
        "reeve.partition.count",
        16,
        // Snapshots and removal of rows come often, and so do their connections.
        "reeve.partition.snapshot.rows-min",
        2);
  }

  private static int connections(Connection watcher) throws SQLException {
    try (var statement = watcher.createStatement();
        var found =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = '" + NAME + "'")) {
      found.next();
      return found.getInt(1);
    }
  }

  private static Connection connect(LocalPostgres postgres) throws SQLException {
    var url = URI.create(postgres.url());
    var login = url.getUserInfo().split(":", 2);
    var jdbc = "jdbc:postgresql://%s:%d%s".formatted(url.getHost(), url.getPort(), url.getPath());
    return DriverManager.getConnection(jdbc, login[0], login[1]);
  }
}
