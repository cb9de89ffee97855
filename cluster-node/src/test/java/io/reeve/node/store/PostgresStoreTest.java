package io.reeve.node.store;

import static io.reeve.node.store.StoreException.Reason.DIRECTORY_IN_USE;
import static io.reeve.node.store.StoreException.Reason.NOT_DURABLE;
import static io.reeve.node.store.StoreException.Reason.SCHEMA_TOO_NEW;
import static io.reeve.node.store.StoreException.Reason.SCHEMA_UNEXPECTED;
import static io.reeve.node.store.StoreException.Reason.SERVER_REFUSED;
import static io.reeve.node.store.StoreException.Reason.SERVER_UNREACHABLE;
import static io.reeve.node.store.StoreException.Reason.SERVER_UNSUITABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import io.reeve.node.store.StoreException.Reason;
import io.reeve.postgres.LocalPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresStoreTest {

  private static final String CANARY = "canary7";

  private final String schema = TestPostgres.newSchema();

  @TempDir private Path directory = Path.of("");

  // ---- Schema -----------------------------------------------------------------------------------

  @Test
  void nodesThatStartAtOnceMakeOneSchema() throws Exception {
    var threads = Executors.newFixedThreadPool(6);
    try {
      var stores = new ArrayList<CompletableFuture<PostgresStore>>();
      for (var node = 0; node < 6; node++) {
        var settings = TestPostgres.settings(directory.resolve("node-" + node), schema);
        stores.add(
            CompletableFuture.supplyAsync(
                () -> PostgresStore.open(settings, TestStores.SENSES), threads));
      }
      for (var store : stores) {
        store.get(60, TimeUnit.SECONDS).close();
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(
            answer(
                "SELECT string_agg(version, ' ' ORDER BY version) FROM flyway_schema_history"
                    + " WHERE success AND version IS NOT NULL"))
        .isEqualTo("1 2 3 4");
  }

  @Test
  void aSchemaOfANewerReleaseIsRefused() throws Exception {
    open().close();
    execute(
        "INSERT INTO flyway_schema_history SELECT 99, '99', 'newer', 'SQL', 'V99__newer.sql', 1,"
            + " installed_by, installed_on, 1, true FROM flyway_schema_history"
            + " WHERE version = '1'");

    refusal(SCHEMA_TOO_NEW, this::open, "has schema version 99");
  }

  @Test
  void aSchemaWithTablesOfSomebodyElseIsRefused() throws Exception {
    execute("CREATE SCHEMA " + schema);
    execute("CREATE TABLE %s.event_journal (x int)".formatted(schema));

    refusal(SCHEMA_UNEXPECTED, this::open, "is not from this release");
  }

  @Test
  void clusterMembersHaveATable() throws Exception {
    open().close();

    execute("INSERT INTO cluster_member (incarnation, name, address) VALUES ('i', 'n', 'a')");

    assertThat(answer("SELECT first_seen = last_seen FROM cluster_member")).isEqualTo("t");
  }

  // ---- Who and where ----------------------------------------------------------------------------

  @Test
  void twoNodesMayShareADatabaseButNoDirectory() {
    try (var store = open()) {
      assertThat(store.shared()).isTrue();
      assertThat(store.where()).startsWith("postgresql 127.0.0.1:").endsWith("schema " + schema);
      refusal(DIRECTORY_IN_USE, this::open, "a directory serves one node");
      PostgresStore.open(
              TestPostgres.settings(directory.resolve("other"), schema), TestStores.SENSES)
          .close();
    }
  }

  @Test
  void aWrongPasswordIsToldWithoutIt() {
    var wrong = TestPostgres.server().url().replaceFirst(":[0-9a-f]+@", ":" + CANARY + "@");
    assumeTrue(wrong.contains(CANARY), "the server of this run takes us without a password");

    var e = refusal(SERVER_REFUSED, () -> openWith(Map.of("reeve.store.url", wrong)), "password");
    assertThat(e.reason().misconfigured()).isTrue();
    var none = wrong.replace(":" + CANARY + "@", "@");
    refusal(SERVER_REFUSED, () -> openWith(Map.of("reeve.store.url", none)), "no password");
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      assertThat(cause.toString()).doesNotContain(CANARY);
    }
  }

  @Test
  void aServerThatIsNotThereIsNoMistakeOfTheSettings() {
    var nobody =
        refusal(
            SERVER_UNREACHABLE,
            () -> openWith(Map.of("reeve.store.url", "postgres://reeve@127.0.0.1:1/tasks")),
            "127.0.0.1:1/tasks");

    assertThat(nobody.reason().misconfigured()).isFalse();
    // Nothing is left that would keep the next attempt from the directory.
    open().close();
  }

  @Test
  void whatTheActorSystemGetsHasNoPassword() {
    var password =
        TestPostgres.server().url().replaceFirst("postgres(ql)?://[^:]*:?([^@]*)@.*", "$2");
    assumeTrue(!password.isEmpty(), "the server of this run takes us without a password");
    try (var store = open()) {
      assertThat(store.pekkoConfig().root().render(ConfigRenderOptions.concise()))
          .doesNotContain(password);
    }
  }

  // ---- What is demanded of a server -------------------------------------------------------------

  @Test
  void anAddressThatTurnsOffWaitingForTheDiskIsNoticed() {
    var weak =
        Map.<String, Object>of("reeve.store.url", url("options=-c%20synchronous_commit=off"));

    refusal(NOT_DURABLE, () -> openWith(weak), "expected synchronous_commit=on or remote_apply");
  }

  @Test
  void anUnsafeServerIsTakenWhenToldSo() {
    openWith(
            Map.of(
                "reeve.store.url",
                url("options=-c%20synchronous_commit=off"),
                "reeve.store.unsafe",
                "on"))
        .close();
  }

  @Test
  void aServerThatDoesNotWaitForTheDiskIsRefusedAndSoIsAStandby() throws Exception {
    try (var server =
        LocalPostgres.start(
            Map.of("PATH", System.getenv().getOrDefault("PATH", "")), TestPostgres.RANDOM)) {
      append(server, "fsync = off\nfull_page_writes = off\n");
      restart(server);
      refusal(
          NOT_DURABLE,
          () -> PostgresStore.open(settings(server), TestStores.SENSES),
          "expected fsync=on, got off; expected full_page_writes=on, got off");

      append(server, "fsync = on\nfull_page_writes = on\n");
      restart(server);
      PostgresStore.open(settings(server), TestStores.SENSES).close();

      Files.createFile(server.data().resolve("standby.signal"));
      restart(server);
      refusal(
          SERVER_UNSUITABLE,
          () -> PostgresStore.open(settings(server), TestStores.SENSES),
          "got a standby");
    }
  }

  // ---- Setting the scene ------------------------------------------------------------------------

  private PostgresStore open() {
    return PostgresStore.open(TestPostgres.settings(directory, schema), TestStores.SENSES);
  }

  private PostgresStore openWith(Map<String, Object> keys) {
    return PostgresStore.open(
        PostgresSettings.of(
            ConfigFactory.parseMap(keys)
                .withFallback(TestPostgres.config(TestPostgres.server(), directory, schema))),
        TestStores.SENSES);
  }

  private PostgresSettings settings(LocalPostgres server) {
    return PostgresSettings.of(TestPostgres.config(server, directory, schema));
  }

  private static String url(String parameter) {
    var url = TestPostgres.server().url();
    return url + (url.contains("?") ? "&" : "?") + parameter;
  }

  private static void append(LocalPostgres server, String settings) throws Exception {
    var file = server.data().resolve("postgresql.conf");
    Files.writeString(file, Files.readString(file) + settings);
  }

  private static void restart(LocalPostgres server) {
    server.stop();
    server.restart();
  }

  private static StoreException refusal(Reason reason, ThrowingCallable open, String message) {
    var refused = new StoreException[1];
    assertThatThrownBy(open)
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> {
              refused[0] = e;
              assertThat(e.reason()).isEqualTo(reason);
              assertThat(e).hasMessageContaining(message);
              assertThat(e.getMessage()).hasLineCount(1);
            });
    return refused[0];
  }

  private void execute(String sql) throws SQLException {
    try (var database = new PostgresDatabase(TestPostgres.settings(directory, schema));
        var connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String answer(String sql) throws SQLException {
    try (var database = new PostgresDatabase(TestPostgres.settings(directory, schema));
        var connection = database.connect();
        var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
