package io.reeve.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reeve.bench.process.SharedStore;
import io.reeve.node.store.JournalReader;
import io.reeve.node.store.PostgresSettings;
import io.reeve.node.store.StoreException;
import io.reeve.postgres.LocalPostgres;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * A schema of PostgreSQL that one run has to itself: a server that was given may hold the tasks of
 * a real cluster, whose nodes those of a run must never meet.
 *
 * @param url of the server; it may hold a password
 * @param name of the schema
 */
record RunSchema(String url, String name) {

  private static final int RUN_BYTES = 4;

  /** A name that no other run has. */
  static String newRun(RandomGenerator random) {
    var bytes = new byte[RUN_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Variables that give a node this schema. */
  Map<String, String> environment() {
    return Map.of("REEVE_STORE_URL", url, "REEVE_STORE_SCHEMA", name);
  }

  /** Leaves out the operator's file: the variables of the nodes win over it anyway. */
  Config configuration() {
    return ConfigFactory.parseMap(
            Map.of("reeve.store.url", url, "reeve.store.schema", name), "a run's schema")
        .withFallback(ConfigFactory.defaultReference())
        .resolve();
  }

  /** Tells the operator of a given server how to remove the schema after the run. */
  String leftBehind() {
    return name + " is left in the given server: DROP SCHEMA " + name + " CASCADE";
  }

  /** The schema for a benchmark, which measures the server's processes if this run started them. */
  SharedStore measured(LocalPostgres server) {
    return new SharedStore(
        environment(), () -> server.isOwn() ? server.pids() : List.of(), this::rowsWritten);
  }

  private OptionalLong rowsWritten() {
    try (var journal = JournalReader.open(PostgresSettings.of(configuration()))) {
      return journal.highestOrdering();
    } catch (StoreException cannotBeTold) {
      return OptionalLong.empty();
    }
  }
}
