package io.reeve.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a node, in layers. From the lowest: the modules' reference.conf, what the
 * store and the node ask of Pekko, the operator's file, the environment, the caller's overrides.
 *
 * @param above the operator's layers, not resolved
 * @param below the program's layers, not resolved
 * @param unknownKeys keys below {@code reeve} that somebody set and nobody knows, sorted
 */
record NodeConfig(Config above, Config below, List<String> unknownKeys) {

  /** Names the operator's file where no option does. */
  static final String FILE_VARIABLE = "REEVE_CONFIG";

  /** What only the store may read. */
  private static final List<String> SECRETS = List.of("reeve.store.url", "reeve.store.password");

  private static final String DEFAULT_FILE = "application.conf";
  private static final String ROOT = "reeve";

  /** Parts of the operator's file that other programs read. */
  private static final List<String> FOREIGN = List.of("worker", "client", "cli", "bench");

  /**
   * @param file must exist; null: the one named by the environment, else application.conf of the
   *     working directory, if there is one
   * @throws com.typesafe.config.ConfigException when a file is not readable as configuration
   */
  static NodeConfig load(@Nullable Path file, Map<String, String> environment, Config overrides) {
    var reference = ConfigFactory.defaultReferenceUnresolved();
    var below = ConfigFactory.parseResources("reeve-node.conf").withFallback(reference);
    var operator = operator(file, environment);
    var set = overrides.withFallback(operator);
    var above =
        ConfigFactory.systemProperties()
            .withFallback(overrides)
            .withFallback(fromEnvironment(environment, reference))
            .withFallback(operator);
    return new NodeConfig(above, below, unknown(set, reference));
  }

  /** All layers, resolved. */
  Config all() {
    return above.withFallback(below).resolve();
  }

  /**
   * All layers, with {@code parts} between the operator's and the program's, resolved, and without
   * the keys that may hold a secret: an actor system prints its configuration when asked to.
   */
  Config with(Config parts) {
    var all = above.withFallback(parts).withFallback(below).resolve();
    for (var secret : SECRETS) {
      all = all.withoutPath(secret);
    }
    return all;
  }

  /** The name of the environment variable that sets {@code key}. */
  static String variable(String key) {
    return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  private static Config operator(@Nullable Path file, Map<String, String> environment) {
    var named = environment.getOrDefault(FILE_VARIABLE, "");
    var path = file != null ? file : Path.of(named.isEmpty() ? DEFAULT_FILE : named);
    var demanded = file != null || !named.isEmpty();
    if (!demanded && !Files.exists(path)) {
      return ConfigFactory.empty();
    }
    return ConfigFactory.parseFile(
        path.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
  }

  /** One variable for each known key, so that a dash and a dot need not be told apart. */
  private static Config fromEnvironment(Map<String, String> environment, Config reference) {
    var values = new HashMap<String, Object>();
    for (var key : leaves(reference)) {
      var value = environment.get(variable(key));
      if (value != null) {
        values.put(key, value);
      }
    }
    return ConfigFactory.parseMap(values, "environment");
  }

  private static List<String> unknown(Config set, Config reference) {
    var known = leaves(reference);
    return leaves(set).stream()
        .filter(key -> !known.contains(key))
        .filter(key -> FOREIGN.stream().noneMatch(f -> key.startsWith(ROOT + "." + f + ".")))
        .sorted()
        .toList();
  }

  private static List<String> leaves(Config config) {
    var root = config.root().get(ROOT);
    return root == null
        ? List.of()
        : ConfigValueFactory.fromMap(Map.of(ROOT, root)).toConfig().resolve().entrySet().stream()
            .map(Map.Entry::getKey)
            .toList();
  }
}
