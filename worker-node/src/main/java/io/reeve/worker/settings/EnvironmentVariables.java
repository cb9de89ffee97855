package io.reeve.worker.settings;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The worker's environment variables as configuration. A variable that is set wins over the
 * configuration file. An unusable value stops the worker at start.
 */
public final class EnvironmentVariables {

  /** All that the worker reads. */
  static final Set<String> NAMES =
      Set.of(
          "ORCHESTRATOR_ENDPOINT",
          "WORKER_POOLS_COUNT",
          "WORKER_POOL_CAPACITY",
          "WORKER_POOL_URGENT_PERCENTAGE",
          "WORKER_HEARTBEAT_SECONDS");

  private static final long HEARTBEAT_SECONDS_MAX = 3600;

  private EnvironmentVariables() {}

  /** The settings that the environment gives, to be laid over the configuration. */
  public static Config settings(Map<String, String> environment) {
    var values = new LinkedHashMap<String, Object>();
    var endpoint = environment.get("ORCHESTRATOR_ENDPOINT");
    if (endpoint != null) {
      values.put("reeve.worker.endpoints", endpoints(endpoint));
    }
    whole(environment, "WORKER_POOLS_COUNT", 1, PoolSettings.COUNT_MAX)
        .ifPresent(count -> values.put("reeve.worker.pool.count", count));
    whole(environment, "WORKER_POOL_CAPACITY", 1, PoolSettings.CAPACITY_MAX)
        .ifPresent(slots -> values.put("reeve.worker.pool.slots", slots));
    whole(environment, "WORKER_POOL_URGENT_PERCENTAGE", 0, 100)
        .ifPresent(percent -> values.put("reeve.worker.pool.urgent-percentage", percent));
    whole(environment, "WORKER_HEARTBEAT_SECONDS", 1, HEARTBEAT_SECONDS_MAX)
        .ifPresent(seconds -> values.put("reeve.worker.link.heartbeat-interval", seconds + " s"));
    return ConfigFactory.parseMap(values, "environment variables");
  }

  private static List<String> endpoints(String given) {
    var endpoints = Arrays.stream(given.split(",", -1)).map(String::trim).toList();
    for (var endpoint : endpoints) {
      Endpoint.parse("ORCHESTRATOR_ENDPOINT", endpoint);
    }
    return endpoints;
  }

  private static OptionalLong whole(
      Map<String, String> environment, String name, long min, long max) {
    var given = environment.get(name);
    if (given == null) {
      return OptionalLong.empty();
    }
    var expected = "a whole number from " + min + " to " + max;
    var trimmed = given.trim();
    if (!trimmed.matches("-?[0-9]{1,18}")) {
      throw new InvalidSetting(name, expected, '"' + given + '"');
    }
    var value = Long.parseLong(trimmed);
    if (value < min || value > max) {
      throw new InvalidSetting(name, expected, trimmed);
    }
    return OptionalLong.of(value);
  }
}
