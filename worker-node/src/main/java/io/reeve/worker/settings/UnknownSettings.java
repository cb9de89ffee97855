package io.reeve.worker.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds settings that somebody made and nothing reads, which are misspelt as a rule. */
public final class UnknownSettings {

  private static final String ROOT = "reeve.worker";

  /** Blocks with names of the operator's own, or of libraries. */
  private static final List<String> FREE = List.of("labels", "actor-system");

  /** Beginnings of variables that are meant for a worker. */
  private static final List<String> VARIABLES =
      List.of("REEVE_WORKER_", "WORKER_POOL", "WORKER_HEARTBEAT", "ORCHESTRATOR_ENDPOINT");

  private UnknownSettings() {}

  /** Keys below {@code reeve.worker} that the reference does not have, sorted. */
  public static Set<String> keys(Config all) {
    // The other one, "defaultReference", has the system properties in it.
    var reference = ConfigFactory.defaultReferenceUnresolved().withOnlyPath(ROOT).resolve();
    var known = leaves(reference);
    return leaves(all).stream()
        .filter(key -> !known.contains(key))
        .filter(key -> FREE.stream().noneMatch(free -> key.startsWith(free + ".")))
        .map(key -> ROOT + "." + key)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Variables that look like the worker's and are not, sorted. */
  public static Set<String> variables(Map<String, String> environment) {
    return environment.keySet().stream()
        .filter(name -> VARIABLES.stream().anyMatch(name::startsWith))
        .filter(name -> !EnvironmentVariables.NAMES.contains(name))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> leaves(Config config) {
    return config.hasPath(ROOT)
        ? config.getConfig(ROOT).entrySet().stream()
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet())
        : Set.of();
  }
}
