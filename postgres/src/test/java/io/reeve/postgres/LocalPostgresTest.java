package io.reeve.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalPostgresTest {

  /** Without the variable that names another server. */
  private static final Map<String, String> OWN =
      Map.of("PATH", System.getenv().getOrDefault("PATH", ""));

  @Test
  void whatItCommittedIsThereAfterAKillAndAfterAStop() throws Exception {
    Path data;
    try (var postgres = LocalPostgres.start(OWN, new SecureRandom())) {
      data = postgres.data();
      execute(postgres, "CREATE TABLE word AS SELECT 'kept' AS text");
      var pid = postgres.pid();

      postgres.kill();
      assertThat(ProcessHandle.of(pid)).isEmpty();
      postgres.restart();
      assertThat(postgres.pid()).isNotEqualTo(pid);
      assertThat(answer(postgres, "SELECT text FROM word")).isEqualTo("kept");

      postgres.stop();
      postgres.restart();
      assertThat(answer(postgres, "SELECT text FROM word")).isEqualTo("kept");

      postgres.stopAtOnce();
      postgres.restart();
      assertThat(answer(postgres, "SELECT text FROM word")).isEqualTo("kept");
    }
    assertThat(data).doesNotExist();
  }

  @Test
  void itListensOnLoopbackForWhoeverKnowsThePassword() throws Exception {
    try (var postgres = LocalPostgres.start(OWN, new SecureRandom())) {
      assertThat(answer(postgres, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(answer(postgres, "SHOW fsync")).isEqualTo("on");
      assertThat(answer(postgres, "SHOW data_checksums")).isEqualTo("on");
      var uri = URI.create(postgres.url());
      assertThatThrownBy(
              () ->
                  DriverManager.getConnection(
                      "jdbc:postgresql://127.0.0.1:" + uri.getPort() + "/postgres",
                      "reeve",
                      "guess"))
          .hasMessageContaining("password authentication failed");
    }
  }

  @Test
  void itListensWhereItIsToldByACommandThatEntersThere() throws Exception {
    var port = LocalPostgres.Place.onLoopback().port();
    var place = new LocalPostgres.Place("127.0.0.2", port, "127.0.0.0/8", List.of("env"));

    try (var postgres = LocalPostgres.startAt(place, OWN, new SecureRandom())) {
      assertThat(URI.create(postgres.url()).getHost()).isEqualTo("127.0.0.2");
      assertThat(answer(postgres, "SHOW listen_addresses")).isEqualTo("127.0.0.2");
    }
  }

  @Test
  void aServerThatTheEnvironmentNamesIsLeftAlone() {
    var given = Map.of(LocalPostgres.URL_VARIABLE, "postgres://somebody@db.example/tasks");

    try (var postgres = LocalPostgres.start(given, new SecureRandom())) {
      assertThat(postgres.url()).isEqualTo("postgres://somebody@db.example/tasks");
      assertThat(postgres.isOwn()).isFalse();
      assertThatThrownBy(postgres::kill).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void theBinariesOnTheClassPathRunOnThisMachine(@TempDir Path directory) {
    var binaries = Binaries.embedded(directory.resolve("programs"));

    var commands = new Commands(directory, Duration.ofSeconds(30));
    assertThat(commands.output(List.of(binaries.program("postgres"), "--version")))
        .startsWith("postgres (PostgreSQL) ");
  }

  @Test
  void theNewestOfTheInstalledOnesIsTaken(@TempDir Path root) throws Exception {
    for (var version : List.of("9", "17", "16")) {
      var bin = Files.createDirectories(root.resolve(version).resolve("bin"));
      for (var program : List.of("initdb", "pg_ctl", "postgres")) {
        assertThat(Files.createFile(bin.resolve(program)).toFile().setExecutable(true)).isTrue();
      }
    }
    // Only the client's programs.
    Files.createDirectories(root.resolve("18").resolve("bin"));

    assertThat(Binaries.packaged(root))
        .hasValueSatisfying(
            found -> assertThat(found.programs()).isEqualTo(root.resolve("17").resolve("bin")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"../outside", "/outside"})
  void anArchiveDoesNotWriteOutsideOfItsDirectory(String name, @TempDir Path directory) {
    var inside = directory.resolve("inside");

    assertThatThrownBy(() -> Archive.unpack(ArchiveSamples.file(name), inside))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("outside");
    assertThat(directory.resolve("outside")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../outside", "/outside", "deeper/../../outside"})
  void anArchiveDoesNotLinkOutsideOfItsDirectory(String to, @TempDir Path directory) {
    assertThatThrownBy(() -> Archive.unpack(ArchiveSamples.link("link", to), directory))
        .hasMessage("expected a link within the archive");
  }

  @Test
  void anArchiveWritesNothingThroughALink(@TempDir Path directory) throws IOException {
    Archive.unpack(ArchiveSamples.link("a/b/up", "../.."), directory);

    assertThatThrownBy(() -> Archive.unpack(ArchiveSamples.file("a/b/up/tool"), directory))
        .hasMessage("expected entries of the archive below directories, got a link");
    assertThat(directory.resolve("tool")).doesNotExist();
  }

  @Test
  void anArchiveWithADeviceIsRefused(@TempDir Path directory) {
    assertThatThrownBy(() -> Archive.unpack(ArchiveSamples.device("device"), directory))
        .hasMessage("expected files, directories and links only");
  }

  @Test
  void anArchiveIsUnpackedAsItWasPacked(@TempDir Path directory) throws Exception {
    Archive.unpack(ArchiveSamples.file("bin/tool"), directory);

    Archive.unpack(ArchiveSamples.link("bin/other", "tool"), directory);

    assertThat(directory.resolve("bin/tool")).hasContent(ArchiveSamples.CONTENT).isExecutable();
    assertThat(directory.resolve("bin/other")).hasContent(ArchiveSamples.CONTENT);
  }

  private static Connection connect(LocalPostgres postgres) throws SQLException {
    var uri = URI.create(postgres.url());
    var user = uri.getUserInfo().split(":", 2);
    return DriverManager.getConnection(
        "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath(),
        user[0],
        user[1]);
  }

  private static void execute(LocalPostgres postgres, String sql) throws SQLException {
    try (var connection = connect(postgres);
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String answer(LocalPostgres postgres, String sql) throws SQLException {
    try (var connection = connect(postgres);
        var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
