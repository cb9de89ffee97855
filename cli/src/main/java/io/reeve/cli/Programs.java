package io.reeve.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import io.reeve.bench.process.ReeveProcesses;
import io.reeve.node.NodeMain;
import io.reeve.worker.WorkerMain;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The two long-running programs behind the command, the server and the worker; the one class that
 * knows their entry points and the names of the settings that options stand for.
 *
 * @param node runs a server in this process
 * @param worker runs a worker in this process
 * @param command starts another process of this program; its arguments are appended
 */
public record Programs(Program node, Program worker, List<String> command) {

  /** Runs until it is told to stop. */
  interface Program {
    /**
     * Returns the exit code.
     *
     * @param file of the operator's settings; null: there is none
     * @param settings that win over the file
     */
    int run(@Nullable Path file, Map<String, Object> settings);
  }

  /** Settings by their full path in the configuration. */
  static final String NODE_PORT = "reeve.grpc.port";

  static final String NODE_HTTP_PORT = "reeve.http.port";
  static final String NODE_DIRECTORY = "reeve.store.directory";
  static final String NODE_STORE = "reeve.store.url";
  private static final String WORKER = "reeve.worker";
  static final String WORKER_ENDPOINTS = "reeve.worker.endpoints";
  static final String WORKER_ID = "reeve.worker.id";
  static final String WORKER_POOLS = "reeve.worker.pool.count";
  static final String WORKER_SLOTS = "reeve.worker.pool.slots";
  static final String WORKER_URGENT = "reeve.worker.pool.urgent-percentage";
  static final String WORKER_QUEUES = "reeve.worker.pool.queues";
  static final String WORKER_LABELS = "reeve.worker.labels.";
  static final String WORKER_EXEC_ALLOWED = "reeve.worker.builtin.exec.allowed";

  /** The worker's variables that would win over an option, by the setting of that option. */
  private static final Map<String, String> WORKER_VARIABLES =
      Map.of(
          WORKER_ENDPOINTS, "ORCHESTRATOR_ENDPOINT",
          WORKER_POOLS, "WORKER_POOLS_COUNT",
          WORKER_SLOTS, "WORKER_POOL_CAPACITY",
          WORKER_URGENT, "WORKER_POOL_URGENT_PERCENTAGE");

  static Programs ofThisInstallation() {
    return new Programs(
        Programs::runNode,
        Programs::runWorker,
        ReeveProcesses.thisProgram(ReeveMain.class.getName()));
  }

  private static int runNode(@Nullable Path file, Map<String, Object> settings) {
    return NodeMain.run(file, overrides(settings));
  }

  private static int runWorker(@Nullable Path file, Map<String, Object> settings) {
    unreadByWorker(settings.keySet())
        .forEach(
            key ->
                System.err.printf(
                    "unknown setting %s: a worker reads the settings below %s, is it misspelt?%n",
                    key, WORKER));
    var environment = new HashMap<>(System.getenv());
    WORKER_VARIABLES.forEach(
        (setting, variable) -> {
          if (settings.containsKey(setting)) {
            environment.remove(variable);
          }
        });
    return WorkerMain.run(workerConfiguration(file, settings), environment, System.out, System.err);
  }

  /**
   * Settings of Reeve that a worker does not read, sorted: those of other programs, and misspelt
   * ones. The worker itself tells which of its own it does not know.
   */
  static List<String> unreadByWorker(Set<String> settings) {
    return settings.stream()
        .filter(key -> key.startsWith("reeve.") && !key.startsWith(WORKER + "."))
        .sorted()
        .toList();
  }

  /** The whole configuration of a worker, its environment variables apart. */
  static Config workerConfiguration(@Nullable Path file, Map<String, Object> settings) {
    var operator =
        file == null
            ? ConfigFactory.empty()
            : ConfigFactory.parseFile(
                file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
    return overrides(settings)
        .withFallback(ConfigFactory.systemProperties())
        .withFallback(operator)
        .withFallback(ConfigFactory.defaultReferenceUnresolved())
        .resolve();
  }

  /** The whole configuration of a node that is started here with these settings. */
  static Config nodeConfiguration(
      @Nullable Path file, Map<String, String> environment, Map<String, Object> settings) {
    return NodeMain.configuration(file, environment, overrides(settings));
  }

  private static Config overrides(Map<String, Object> settings) {
    return ConfigFactory.parseMap(settings, "command line");
  }
}
