package io.reeve.node.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Members of a cluster in its PostgreSQL database: a row each, and one advisory lock that members
 * share and that a node must have alone to form a new cluster. The locks belong to one connection,
 * which is kept open, so the server frees those of a node that died.
 */
final class PostgresMembers implements MemberDirectory {

  /** Of the lock: "REEM". The other half of its key is the schema's. */
  private static final int LOCK_CLASS = 0x5245454d;

  private static final int VALID_WITHIN_SECONDS = 2;

  /** So that the locks of a machine that vanished are freed within about 20 s. */
  private static final List<String> PROBES =
      List.of(
          "SET tcp_keepalives_idle = 10",
          "SET tcp_keepalives_interval = 3",
          "SET tcp_keepalives_count = 3");

  private final PostgresDatabase database;
  private final int lockKey;
  private @Nullable Connection connection;
  private @Nullable Line self;
  private boolean alone;
  private boolean shares;

  PostgresMembers(PostgresDatabase database, String schema) {
    this.database = database;
    this.lockKey = schema.hashCode();
  }

  @Override
  public synchronized Look look() {
    return call(
        session -> {
          alone = alone || locked(session, "pg_try_advisory_lock");
          return new Look(alone, lines(session));
        });
  }

  @Override
  public synchronized void announce(Line line) {
    self = line;
    call(this::announceOn);
  }

  @Override
  public synchronized void keep() {
    if (self != null) {
      call(this::announceOn);
    }
  }

  @Override
  public synchronized void forget(String incarnation) {
    call(
        session -> {
          try (var delete =
              session.prepareStatement("DELETE FROM cluster_member WHERE incarnation = ?")) {
            delete.setString(1, incarnation);
            return delete.executeUpdate();
          }
        });
  }

  @Override
  public synchronized void close() {
    var line = self;
    self = null;
    if (line != null) {
      try {
        forget(line.incarnation());
      } catch (StoreException unreachable) {
        // Others remove the line once the cluster tells them that this node is gone.
        disconnect();
      }
    }
    disconnect();
  }

  /** Whether the server answers on this connection, which is made anew if it must be. */
  synchronized boolean answers() {
    try {
      return call(session -> true);
    } catch (StoreException unreachable) {
      return false;
    }
  }

  /** What the server's clock shows, in milliseconds since the epoch. */
  synchronized long clockMs() {
    return call(
        session -> {
          try (var query =
                  session.prepareStatement(
                      "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint");
              var row = query.executeQuery()) {
            row.next();
            return row.getLong(1);
          }
        });
  }

  /**
   * The shared lock may be refused for a moment: to nobody but a node that asks this very cluster
   * to let it in. The next call makes it good.
   */
  private Boolean announceOn(Connection session) throws SQLException {
    var line = self;
    if (line == null) {
      return false;
    }
    shares = shares || locked(session, "pg_try_advisory_lock_shared");
    if (alone && shares) {
      locked(session, "pg_advisory_unlock");
      alone = false;
    }
    var sql =
        "INSERT INTO cluster_member (incarnation, name, address) VALUES (?, ?, ?)"
            + " ON CONFLICT (incarnation) DO UPDATE SET last_seen = now()";
    try (var insert = session.prepareStatement(sql)) {
      insert.setString(1, line.incarnation());
      insert.setString(2, line.name());
      insert.setString(3, line.address());
      return insert.executeUpdate() == 1;
    }
  }

  private boolean locked(Connection session, String function) throws SQLException {
    try (var lock = session.prepareStatement("SELECT " + function + "(?, ?)")) {
      lock.setInt(1, LOCK_CLASS);
      lock.setInt(2, lockKey);
      try (var row = lock.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }

  private static List<Line> lines(Connection session) throws SQLException {
    var lines = new ArrayList<Line>();
    try (var query =
            session.prepareStatement(
                "SELECT incarnation, name, address FROM cluster_member ORDER BY first_seen,"
                    + " incarnation");
        var rows = query.executeQuery()) {
      while (rows.next()) {
        lines.add(new Line(rows.getString(1), rows.getString(2), rows.getString(3)));
      }
    }
    return List.copyOf(lines);
  }

  private interface Call<T> {
    T on(Connection session) throws SQLException;
  }

  private <T> T call(Call<T> call) {
    try {
      return call.on(session());
    } catch (SQLException e) {
      disconnect();
      throw database.refused(e);
    }
  }

  private Connection session() throws SQLException {
    var open = connection;
    if (open != null && open.isValid(VALID_WITHIN_SECONDS)) {
      return open;
    }
    disconnect();
    var fresh = database.connect();
    connection = fresh;
    try (var set = fresh.createStatement()) {
      for (var probe : PROBES) {
        set.execute(probe);
      }
    }
    // The locks went with the connection before it.
    announceOn(fresh);
    return fresh;
  }

  /** The server frees the locks with the connection. */
  private void disconnect() {
    alone = false;
    shares = false;
    var open = connection;
    connection = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException broken) {
        throw database.refused(broken);
      }
    }
  }
}
