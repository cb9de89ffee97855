package io.reeve.node.store;

import static io.reeve.node.store.StoreException.Reason.NOT_DURABLE;
import static io.reeve.node.store.StoreException.Reason.SERVER_REFUSED;
import static io.reeve.node.store.StoreException.Reason.SERVER_UNREACHABLE;
import static io.reeve.node.store.StoreException.Reason.SERVER_UNSUITABLE;
import static io.reeve.node.store.StoreException.Reason.UNREADABLE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.ConnectException;
import java.net.URLEncoder;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database of a cluster, and the only place that knows how a connection to it is made: its
 * address, its time-outs, its schema, and what is demanded of its server.
 */
final class PostgresDatabase implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PostgresDatabase.class);

  private static final String DATABASES = "pekko-persistence-jdbc.shared-databases.";

  /** Of the advisory lock under which nodes change the schema, one after the other: "REEV". */
  private static final int LOCK_CLASS = 0x52454556;

  /**
   * By how much a connection outlives the lock time-out of the server, whose message is clearer.
   */
  private static final Duration LOCK_MARGIN = Duration.ofSeconds(5);

  private static final Duration ASK_AGAIN = Duration.ofMillis(500);

  private final PostgresSettings settings;
  private final PostgresPassword.@Nullable Ticket ticket;

  /** Connects to nothing yet. */
  PostgresDatabase(PostgresSettings settings) {
    this.settings = settings;
    this.ticket = settings.password() == null ? null : PostgresPassword.hold(settings.password());
  }

  // ---- Connections ------------------------------------------------------------------------------

  /**
   * The JDBC address of connections that are given up after {@code silence} in a statement. Holds
   * the user's name, and of the password only where it can be asked for.
   */
  String address(Duration silence) {
    var parameters = new LinkedHashMap<String, String>();
    // A half-open connection is found by the time-outs, and an idle one by the kernel's probes.
    parameters.put("tcpKeepAlive", "true");
    parameters.put("ApplicationName", "reeve");
    // Until transport security is demanded, what the server offers.
    parameters.put("sslmode", "prefer");
    if (settings.url().hosts().size() > 1) {
      parameters.put("targetServerType", "primary");
    }
    // What the operator says wins over the above and loses against what follows.
    parameters.putAll(settings.url().parameters());
    parameters.put("user", settings.url().user());
    parameters.put("currentSchema", settings.schema());
    parameters.put("connectTimeout", seconds(settings.timeouts().connect()));
    // Whoever asks for a connection waits for it in full.
    parameters.put("loginTimeout", seconds(settings.timeouts().connect()));
    parameters.put("socketTimeout", seconds(silence));
    parameters.put("reWriteBatchedInserts", "true");
    // Errors would else repeat the values of a statement, payloads among them.
    parameters.put("logServerErrorDetail", "false");
    // Bytes travel as bytes from the first execution on. As text they would take twice the room,
    // and a snapshot above 512 MiB could be written but not be read (seen: "invalid memory alloc
    // request size"); so the limit is the 1 GiB of a field.
    parameters.put("prepareThreshold", "-1");
    if (ticket != null) {
      parameters.putAll(ticket.parameters());
    }
    return "jdbc:postgresql://%s/%s?%s"
        .formatted(
            String.join(",", settings.url().hosts()),
            encoded(settings.url().database()),
            parameters.entrySet().stream()
                .map(e -> e.getKey() + "=" + encoded(e.getValue()))
                .collect(Collectors.joining("&")));
  }

  /** Opens a connection like those of the journal; the caller closes it. */
  Connection connect() throws SQLException {
    return connect(settings.timeouts().journal());
  }

  /** Opens a connection whose statements may take long; the caller closes it. */
  Connection connectForCopy() throws SQLException {
    return connect(settings.timeouts().schema());
  }

  /** Opens a connection that writes snapshots; the caller closes it. */
  Connection connectForSnapshot() throws SQLException {
    return connect(settings.timeouts().snapshots());
  }

  private Connection connect(Duration silence) throws SQLException {
    return Objects.requireNonNull(
        new Driver().connect(address(silence), new Properties()), "an address of this driver");
  }

  private static String seconds(Duration duration) {
    return Long.toString(duration.toSeconds());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  // ---- At the start -----------------------------------------------------------------------------

  /**
   * Checks the server and changes nothing.
   *
   * @throws StoreException when the server does not answer, does not let us in, or cannot be
   *     trusted
   */
  void check() {
    try (var session = connect()) {
      verify(PostgresServer.of(session));
    } catch (SQLException e) {
      throw refused(e);
    }
  }

  /**
   * Checks the server and brings the schema up to date; several nodes may do so at once.
   *
   * @return the number of migrations applied
   * @throws StoreException when the server does not answer, does not let us in, or cannot be
   *     trusted
   */
  int prepare() {
    // The same address as the pools', so that what it sets is in force in the checks as well.
    try (var session = firstConnection()) {
      verify(PostgresServer.of(session));
      return migrate(session);
    } catch (SQLException e) {
      throw refused(e);
    }
  }

  /**
   * A server that starts, or a machine on which everything starts at once, is asked again. One that
   * refuses is not: most likely the address is wrong.
   */
  private Connection firstConnection() throws SQLException {
    var timeouts = settings.timeouts();
    var attemptsLeft = timeouts.schema().dividedBy(timeouts.connect().plus(ASK_AGAIN));
    while (true) {
      try {
        return connect(settings.timeouts().schema().plus(LOCK_MARGIN));
      } catch (SQLException e) {
        var mayPass = kind(e).equals("57") || kind(e).equals("08");
        if (!mayPass || e.getCause() instanceof ConnectException || attemptsLeft == 0) {
          throw e;
        }
        attemptsLeft--;
        LOG.warn("{} does not answer yet: {}", settings.where(), firstLine(e));
        LockSupport.parkNanos(ASK_AGAIN.toNanos());
      }
    }
  }

  private void verify(PostgresServer server) {
    if (!server.obstacles().isEmpty()) {
      throw new StoreException(SERVER_UNSUITABLE, told(server.obstacles()));
    }
    if (!server.dangers().isEmpty() && !settings.unsafe()) {
      throw new StoreException(
          NOT_DURABLE,
          told(server.dangers())
              + "; acknowledged tasks would not be safe there (reeve.store.unsafe = on accepts"
              + " it anyway)");
    }
    server
        .dangers()
        .forEach(
            danger ->
                LOG.warn(
                    "UNSAFE STORE: {}: {}; acknowledged tasks may be lost, as reeve.store.unsafe"
                        + " allows",
                    settings.where(),
                    danger));
    server.warnings().forEach(warning -> LOG.warn("{}: {}", settings.where(), warning));
  }

  private String told(List<String> problems) {
    return settings.where() + ": " + String.join("; ", problems);
  }

  /**
   * Under a lock of our own. The migration library has one too and is safe without ours, but asks
   * for it once a second: of eight nodes that start together the last was ready after 3 s and not
   * after 1 s.
   */
  private int migrate(Connection session) throws SQLException {
    lock(session);
    return Migrations.apply(
        Migrations.configuration()
            .dataSource(
                address(settings.timeouts().schema().plus(LOCK_MARGIN)), null, (String) null)
            .defaultSchema(settings.schema())
            .createSchemas(true)
            .locations("classpath:db/postgres"),
        settings.where());
  }

  /** Held until the session ends. */
  private void lock(Connection session) throws SQLException {
    try (var timeout = session.createStatement()) {
      timeout.execute("SET lock_timeout = " + settings.timeouts().schema().toMillis());
    }
    try (var lock = session.prepareStatement("SELECT pg_advisory_lock(?, ?)")) {
      lock.setInt(1, LOCK_CLASS);
      lock.setInt(2, settings.schema().hashCode());
      lock.execute();
    }
  }

  /** The failure of a connection or a statement at the start, in the operator's terms. */
  StoreException refused(SQLException e) {
    var reason =
        switch (kind(e)) {
          case "28", "3D" -> SERVER_REFUSED;
          case "08", "57", "53" -> SERVER_UNREACHABLE;
          default -> UNREADABLE;
        };
    return new StoreException(
        reason, "%s cannot be used: %s".formatted(settings.where(), firstLine(e)), e);
  }

  /**
   * The class of the SQL state, which the standard and PostgreSQL's manual list; but 28, that of
   * wrong credentials, for a connection that was rejected (08004): so the driver calls a password
   * that is missing.
   */
  private static String kind(SQLException e) {
    var state = e.getSQLState();
    if (state == null || state.length() < 2) {
      return "";
    }
    return state.equals("08004") ? "28" : state.substring(0, 2);
  }

  private static String firstLine(SQLException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  // ---- While the node runs ----------------------------------------------------------------------

  /** Address and size of each pool of reeve-store-postgres.conf, by configuration path. */
  Map<String, Object> pools() {
    var connections = settings.connections();
    var timeouts = settings.timeouts();
    var pools = new LinkedHashMap<String, Object>();
    pool(pools, "reeve-journal", connections.journal(), timeouts.journal());
    pool(pools, "reeve-snapshots", connections.snapshots(), timeouts.snapshots());
    pool(pools, "reeve-journal-reader", connections.readers(), timeouts.journal());
    pool(pools, "reeve-trim", 1, timeouts.snapshots());
    // All of them at once and for good.
    pools.put(DATABASES + "reeve-journal.db.minConnections", connections.journal());
    pools.put(DATABASES + "reeve-journal.db.idleTimeout", 0);
    pools.put("jdbc-journal.parallelism", connections.journal());
    return pools;
  }

  private void pool(Map<String, Object> pools, String name, int connections, Duration silence) {
    var path = DATABASES + name;
    pools.put(path + ".db.poolName", name);
    pools.put(path + ".db.url", address(silence));
    pools.put(path + ".db.numThreads", connections);
    pools.put(path + ".db.maxConnections", connections);
    pools.put(path + ".db.connectionTimeout", settings.timeouts().connect().toMillis());
  }

  @Override
  public void close() {
    if (ticket != null) {
      ticket.close();
    }
  }
}
