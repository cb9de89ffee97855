package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresUrlTest {

  private static final String SECRET = "ca-na/ry@7";

  @Test
  void allPartsAreRead() {
    var url =
        PostgresUrl.parse(
            "postgres://re%20eve:ca-na%2Fry%407@db-1.example,[::1]:6432/tasks?sslmode=verify-full"
                + "&options=-c%20statement_timeout%3D5s");

    assertThat(url.user()).isEqualTo("re eve");
    assertThat(Objects.requireNonNull(url.password()).reveal()).isEqualTo(SECRET);
    assertThat(url.hosts()).containsExactly("db-1.example:5432", "[::1]:6432");
    assertThat(url.database()).isEqualTo("tasks");
    assertThat(url.parameters())
        .containsExactly(
            Map.entry("sslmode", "verify-full"), Map.entry("options", "-c statement_timeout=5s"));
  }

  @Test
  void aPasswordMayHaveMarksThatUrlsUseThemselves() {
    var url = PostgresUrl.parse("postgresql://reeve:" + SECRET + "+1@127.0.0.1/tasks");

    assertThat(Objects.requireNonNull(url.password()).reveal()).isEqualTo(SECRET + "+1");
    assertThat(url.hosts()).containsExactly("127.0.0.1:5432");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres:",
        "mysql://reeve:ca-na/ry@7@host/tasks",
        "jdbc:postgresql://host/tasks?user=reeve&password=ca-na/ry@7",
        "postgres://reeve:ca-na/ry@7@host",
        "postgres://reeve:ca-na/ry@7@host/",
        "postgres://reeve:ca-na/ry@7@host:port/tasks",
        "postgres://reeve:ca-na/ry@7@host/tasks/ca-na/ry@7",
        "postgres://reeve:%zca-na/ry@7@host/tasks",
        "postgres://host/tasks?password=ca-na/ry@7",
        "postgres://reeve@host/tasks?password=ca-na/ry@7",
        "postgres://reeve@host/tasks?sslpassword=ca-na/ry@7",
        "postgres://reeve@host/tasks?currentSchema=other",
        "postgres://reeve@host/tasks?socketTimeout=0",
      })
  void anythingElseIsRefusedWithoutRepeatingIt(String wrong) {
    assertThatThrownBy(() -> PostgresUrl.parse(wrong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("reeve.store.url: expected ")
        .hasNoCause()
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("ca-na", "ry@7"));
  }

  @Test
  void noTextAboutTheSettingsHasThePassword() {
    var settings = settings(Map.of("reeve.store.url", "postgres://reeve:canary7@host/tasks"));

    try (var database = new PostgresDatabase(settings)) {
      assertThat(
              List.of(
                  settings.toString(),
                  settings.where(),
                  settings.url().toString(),
                  database.address(settings.timeouts().journal()),
                  database.pools().toString()))
          .allSatisfy(text -> assertThat(text).doesNotContain("canary7"));
    }
  }

  @Test
  void thePasswordMayLieInAFileOfItsOwnersAlone(@TempDir Path directory) throws Exception {
    var file = Files.writeString(directory.resolve("password"), "canary7\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    var keys =
        Map.<String, Object>of(
            "reeve.store.url",
            "postgres://reeve@host/tasks",
            "reeve.store.password-file",
            file.toString());

    assertThat(Objects.requireNonNull(settings(keys).password()).reveal()).isEqualTo("canary7");

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> settings(keys))
        .hasMessageStartingWith("reeve.store.password-file: expected a file that only its owner");
    Files.delete(file);
    assertThatThrownBy(() -> settings(keys))
        .hasMessageStartingWith("reeve.store.password-file: expected a file that can be read");
  }

  @Test
  void twoPasswordsAreOneTooMany() {
    assertThatThrownBy(
            () ->
                settings(
                    Map.of(
                        "reeve.store.url", "postgres://reeve:canary7@host/tasks",
                        "reeve.store.password", "canary8")))
        .hasMessageStartingWith("expected the password in one of reeve.store.url,")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("canary"));
  }

  @ParameterizedTest
  @CsvSource({
    "reeve.store.schema, Reeve",
    "reeve.store.schema, 'a;b'",
    "reeve.store.unsafe, perhaps",
    "reeve.store.postgres.journal-connections, 0",
    "reeve.store.postgres.snapshot-connections, 101",
    "reeve.store.postgres.reader-connections, 0",
    "reeve.store.postgres.connect-timeout, 100ms",
    "reeve.store.postgres.journal-timeout, 1500ms",
    "reeve.store.postgres.snapshot-timeout, 2h",
    "reeve.store.postgres.schema-timeout, 0s",
  })
  void aValueOutOfItsBoundsIsRefusedByItsKey(String key, String value) {
    assertThatThrownBy(
            () -> settings(Map.of("reeve.store.url", "postgres://reeve@host/tasks", key, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(key + ": expected ");
  }

  private static PostgresSettings settings(Map<String, Object> keys) {
    return PostgresSettings.of(ConfigFactory.parseMap(keys).withFallback(ConfigFactory.load()));
  }
}
