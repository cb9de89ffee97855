package io.reeve.worker.settings;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Everything a worker can be tuned by; from {@code reeve.worker}.
 *
 * @param endpoints of the servers, tried in this order
 * @param workerId names the worker for people; empty for one made of host and process id
 * @param labels what it says of itself
 * @param statisticsInterval how often a changed pool logs its figures
 * @param pool how its pools are made
 * @param link how their streams are kept
 * @param slot how attempts run
 * @param drain how it comes to its end
 */
public record WorkerSettings(
    List<Endpoint> endpoints,
    String workerId,
    Map<String, String> labels,
    Duration statisticsInterval,
    PoolSettings pool,
    LinkSettings link,
    SlotSettings slot,
    DrainSettings drain) {

  private static final String PATH = "reeve.worker";

  public WorkerSettings {
    endpoints = List.copyOf(endpoints);
    labels = Map.copyOf(labels);
    if (endpoints.isEmpty()) {
      throw new InvalidSetting(PATH + ".endpoints", "at least one host:port", "none");
    }
    if (workerId.length() > 128
        || (!workerId.isEmpty() && workerId.isBlank())
        || workerId
            .chars()
            .anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT)) {
      throw new InvalidSetting(
          PATH + ".id", "at most 128 printable characters", '"' + workerId + '"');
    }
    if (labels.size() > 32) {
      throw new InvalidSetting(PATH + ".labels", "at most 32", String.valueOf(labels.size()));
    }
    labels.forEach(
        (name, value) -> {
          if (name.length() > 128 || value.length() > 128) {
            throw new InvalidSetting(
                PATH + ".labels",
                "names and values of at most 128 characters",
                name.length() + " and " + value.length() + " characters");
          }
        });
  }

  /** Reads the settings of a whole configuration. */
  public static WorkerSettings from(Config root) {
    var keys = Keys.at(root, PATH);
    return new WorkerSettings(
        keys.texts("endpoints").stream()
            .map(text -> Endpoint.parse(keys.path("endpoints"), text))
            .toList(),
        keys.text("id"),
        keys.names("labels"),
        keys.time("statistics-interval", Duration.ofMillis(100), Duration.ofDays(1)),
        PoolSettings.from(keys.below("pool")),
        LinkSettings.from(keys.below("link")),
        SlotSettings.from(keys.below("slot")),
        DrainSettings.from(keys.below("drain")));
  }
}
