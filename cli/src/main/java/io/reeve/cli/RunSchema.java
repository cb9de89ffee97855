package io.reeve.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reeve.bench.process.SharedStore;
import io.reeve.node.store.JournalReader;
import io.reeve.node.store.PostgresSettings;
import io.reeve.node.store.StoreException;
import io.reeve.node.store.local.LocalPostgres;
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

  /** A run's name, such as no other has. */
  static String newRun(RandomGenerator random) {
    var bytes = new byte[RUN_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Variables that name it to a node. */
  Map<String, String> environment() {
    return Map.of("REEVE_STORE_URL", url, "REEVE_STORE_SCHEMA", name);
  }

  /** Without the operator's file: the nodes are told by variables, which win over it, too. */
  Config configuration() {
    return ConfigFactory.parseMap(
            Map.of("reeve.store.url", url, "reeve.store.schema", name), "a run's schema")
        .withFallback(ConfigFactory.defaultReference())
        .resolve();
  }

  /** What to do with it where the server goes on after the run. */
  String leftBehind() {
    return name + " is left in the given server: DROP SCHEMA " + name + " CASCADE";
  }

  /** It as a benchmark sees it, which measures the server's processes if they are of this run. */
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
