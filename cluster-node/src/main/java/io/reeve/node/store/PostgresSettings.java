package io.reeve.node.store;

import com.typesafe.config.Config;
import io.reeve.settings.Keys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Everything the store of a cluster can be tuned by; read from {@code reeve.store}, where each key
 * is explained.
 *
 * @param directory of this node alone
 * @param password null where the server or the driver's own files have to know
 * @param unsafe whether a server that may lose acknowledged rows is taken all the same
 */
public record PostgresSettings(
    Path directory,
    PostgresUrl url,
    @Nullable Secret password,
    String schema,
    boolean unsafe,
    Connections connections,
    Timeouts timeouts,
    StoreSettings.Trim trim) {

  private static final String ROOT = "reeve.store";
  private static final Pattern SCHEMA = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

  /** The most connections of each pool; removal of old rows has one more. */
  public record Connections(int journal, int snapshots, int readers) {}

  /**
   * @param connect until a server answers a new connection
   * @param journal of silence in a statement about rows, until the connection is given up
   * @param snapshots alike, about snapshots
   * @param schema of waiting for another node that changes the schema, and of one change
   */
  public record Timeouts(Duration connect, Duration journal, Duration snapshots, Duration schema) {}

  /** Whether the configuration names such a store. */
  public static boolean wanted(Config configuration) {
    return !configuration.getString(PostgresUrl.KEY).isBlank();
  }

  /**
   * Reads the settings of a whole configuration.
   *
   * @throws IllegalArgumentException for a value out of its bounds; the message has the full key
   *     and no secret
   */
  public static PostgresSettings of(Config configuration) {
    var store = new Keys(configuration, ROOT);
    var postgres = store.below("postgres");
    var url = PostgresUrl.parse(store.text("url").strip());
    var schema = store.text("schema");
    store.demand(
        "schema",
        SCHEMA.matcher(schema).matches(),
        "a name of a-z, 0-9 and _, at most 63 characters",
        schema);
    return new PostgresSettings(
        store.directory("directory"),
        url,
        password(url, store.text("password"), store.text("password-file")),
        schema,
        store.flag("unsafe"),
        new Connections(
            postgres.count("journal-connections", 1, 100),
            postgres.count("snapshot-connections", 1, 100),
            postgres.count("reader-connections", 1, 100)),
        new Timeouts(
            seconds(postgres, "connect-timeout", 60),
            seconds(postgres, "journal-timeout", 600),
            seconds(postgres, "snapshot-timeout", 3600),
            seconds(postgres, "schema-timeout", 3600)),
        StoreSettings.Trim.of(store));
  }

  /** The driver counts whole seconds. */
  private static Duration seconds(Keys keys, String key, int most) {
    var read = keys.duration(key, Duration.ofSeconds(1), Duration.ofSeconds(most));
    keys.demand(key, read.toMillis() % 1000 == 0, "whole seconds", read.toMillis() + " ms");
    return read;
  }

  private static @Nullable Secret password(PostgresUrl url, String plain, String file) {
    var given = 0;
    Secret password = null;
    if (url.password() != null) {
      password = url.password();
      given++;
    }
    if (!plain.isEmpty()) {
      password = new Secret(plain);
      given++;
    }
    if (!file.isEmpty()) {
      password = passwordIn(Path.of(file));
      given++;
    }
    if (given > 1) {
      throw new IllegalArgumentException(
          "expected the password in one of reeve.store.url, reeve.store.password and"
              + " reeve.store.password-file, got it in "
              + given);
    }
    return password;
  }

  /** The file's first line. */
  private static Secret passwordIn(Path file) {
    var key = ROOT + ".password-file: ";
    try {
      var others = EnumSet.copyOf(OTHERS);
      others.retainAll(Files.getPosixFilePermissions(file));
      if (!others.isEmpty()) {
        throw new IllegalArgumentException(
            key
                + "expected a file that only its owner may use, got one for group or others: chmod 600 "
                + file);
      }
      return new Secret(Files.readString(file).lines().findFirst().orElse(""));
    } catch (IOException e) {
      throw new IllegalArgumentException(key + "expected a file that can be read, got " + e, e);
    }
  }

  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.range(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_EXECUTE);

  /** What and where it is, in a few words for people. */
  String where() {
    return "postgresql %s/%s schema %s"
        .formatted(String.join(",", url.hosts()), url.database(), schema);
  }
}
