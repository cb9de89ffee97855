package io.reeve.node.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a PostgreSQL server says of itself to one session, and the rules about it. All values are
 * those in force for that session, whoever set them: the server's file, the database, the role or
 * the connection's address.
 *
 * @param version as a number: 15.3 is 150003
 * @param inRecovery whether it repeats what another server writes
 * @param encrypted whether this session is
 * @param local whether this session does not leave the machine
 */
record PostgresServer(
    int version,
    boolean inRecovery,
    String fsync,
    String synchronousCommit,
    String fullPageWrites,
    String dataSyncRetry,
    String dataChecksums,
    boolean encrypted,
    boolean local) {

  /**
   * The oldest version taken: the oldest that distributions still maintain. Nothing that Reeve uses
   * is younger.
   */
  static final int VERSION_MIN = 130000;

  /** A commit returns after it is on the disk here, and on that of synchronous standbys if any. */
  private static final Set<String> DURABLE_COMMITS = Set.of("on", "remote_apply");

  private static final String SELECT =
      "SELECT current_setting('server_version_num')::int, pg_is_in_recovery(),"
          + " current_setting('fsync'), current_setting('synchronous_commit'),"
          + " current_setting('full_page_writes'), current_setting('data_sync_retry', true),"
          + " current_setting('data_checksums'),"
          + " coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false),"
          + " coalesce(inet_client_addr() = inet_server_addr()"
          + " OR inet_client_addr() << '127.0.0.0/8' OR inet_client_addr() = '::1', true)";

  static PostgresServer of(Connection session) throws SQLException {
    try (var statement = session.createStatement();
        var row = statement.executeQuery(SELECT)) {
      row.next();
      return new PostgresServer(
          row.getInt(1),
          row.getBoolean(2),
          row.getString(3),
          row.getString(4),
          row.getString(5),
          String.valueOf(row.getString(6)),
          row.getString(7),
          row.getBoolean(8),
          row.getBoolean(9));
    }
  }

  /** Why it cannot be used at all; empty when it can. */
  List<String> obstacles() {
    var obstacles = new ArrayList<String>();
    if (version < VERSION_MIN) {
      obstacles.add(
          "expected version %d or newer, got %d".formatted(VERSION_MIN / 10_000, version / 10_000));
    }
    if (inRecovery) {
      obstacles.add("expected a server that accepts writes, got a standby in recovery");
    }
    return obstacles;
  }

  /** The settings by which it may lose what it acknowledged; empty when there are none. */
  List<String> dangers() {
    var dangers = new ArrayList<String>();
    expect(dangers, "fsync", "on", "on".equals(fsync), fsync);
    expect(
        dangers,
        "synchronous_commit",
        "on or remote_apply",
        DURABLE_COMMITS.contains(synchronousCommit),
        synchronousCommit);
    expect(dangers, "full_page_writes", "on", "on".equals(fullPageWrites), fullPageWrites);
    expect(dangers, "data_sync_retry", "off", !"on".equals(dataSyncRetry), dataSyncRetry);
    return dangers;
  }

  /** What a person should know and may leave as it is. */
  List<String> warnings() {
    var warnings = new ArrayList<String>();
    if (!"on".equals(dataChecksums)) {
      warnings.add("data_checksums is off: PostgreSQL would not detect a damaged page");
    }
    if (!encrypted && !local) {
      warnings.add(
          "the connection is not encrypted: add sslmode=verify-full to the parameters of "
              + PostgresUrl.KEY);
    }
    return warnings;
  }

  private static void expect(
      List<String> dangers, String setting, String expected, boolean holds, String got) {
    if (!holds) {
      dangers.add("expected %s=%s, got %s".formatted(setting, expected, got));
    }
  }
}
