package io.reeve.cli;

import io.reeve.bench.process.JournalRows;
import io.reeve.bench.process.SharedStore;
import io.reeve.node.store.local.LocalPostgres;
import java.net.URI;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** The PostgreSQL that the nodes of a benchmark keep their tasks in. */
final class PostgresOfBench {

  private PostgresOfBench() {}

  static SharedStore of(LocalPostgres server) {
    return new SharedStore(
        Map.of("REEVE_STORE_URL", server.url()),
        () -> server.isOwn() ? server.pids() : List.of(),
        rows(URI.create(server.url())));
  }

  /** The highest ordering number that was given, which rows that were removed since count in. */
  private static JournalRows rows(URI server) {
    var who = server.getUserInfo().split(":", 2);
    var url =
        "jdbc:postgresql://%s:%d%s".formatted(server.getHost(), server.getPort(), server.getPath());
    return () -> {
      try (var connection = DriverManager.getConnection(url, who[0], who.length > 1 ? who[1] : "");
          var statement = connection.createStatement();
          var rows = statement.executeQuery("SELECT max(ordering) FROM reeve.event_journal")) {
        return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
      } catch (SQLException cannotBeTold) {
        return OptionalLong.empty();
      }
    };
  }
}
