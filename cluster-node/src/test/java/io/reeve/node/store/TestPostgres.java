package io.reeve.node.store;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reeve.postgres.LocalPostgres;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** One PostgreSQL server for all tests of a JVM, in which each test has a schema of its own. */
final class TestPostgres {

  static final SecureRandom RANDOM = new SecureRandom();

  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  private TestPostgres() {}

  /** Started by the first test that asks; ends with the JVM. */
  private static final class Shared {
    static final LocalPostgres SERVER = LocalPostgres.start(System.getenv(), RANDOM);
  }

  static LocalPostgres server() {
    return Shared.SERVER;
  }

  /** A name that no other test has, nor an earlier run on the same server. */
  static String newSchema() {
    return "test_%d_%d".formatted(ProcessHandle.current().pid(), SCHEMAS.incrementAndGet());
  }

  static PostgresSettings settings(Path directory, String schema) {
    return PostgresSettings.of(config(server(), directory, schema));
  }

  static Config config(LocalPostgres server, Path directory, String schema) {
    return ConfigFactory.parseMap(
            Map.of(
                "reeve.store.url", server.url(),
                "reeve.store.directory", directory.toString(),
                "reeve.store.schema", schema))
        .withFallback(ConfigFactory.load());
  }
}
