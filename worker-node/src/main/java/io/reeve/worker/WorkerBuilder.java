package io.reeve.worker;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import io.reeve.worker.settings.EnvironmentVariables;
import io.reeve.worker.settings.PoolSettings;
import io.reeve.worker.settings.UnknownSettings;
import io.reeve.worker.settings.WorkerSettings;
import io.reeve.worker.slot.Handlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a {@link Worker} together. Settings of the builder win over the environment, and the
 * environment wins over the configuration.
 */
public final class WorkerBuilder {

  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  private final Map<String, TaskHandler> handlers = new LinkedHashMap<>();
  private final Map<String, Object> said = new LinkedHashMap<>();
  private final Map<String, PoolSettings> pools = new LinkedHashMap<>();
  private @Nullable Config config;
  private Map<String, String> environment = System.getenv();
  private WorkerListener listener = new WorkerListener() {};
  private ObjectMapper json =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
  private Ambient ambient = AmbientMain.ofProcess();

  WorkerBuilder() {}

  /**
   * Runs tasks of a kind, and of its aliases.
   *
   * @param kind 1 to 128 characters of {@code [A-Za-z0-9._:/-]}, or "*" for every kind that has no
   *     handler of its own
   * @param aliases other names of the kind, for instance older ones
   */
  public WorkerBuilder handler(String kind, TaskHandler handler, String... aliases) {
    put(kind, handler);
    for (var alias : aliases) {
      put(alias, handler);
    }
    return this;
  }

  /** Runs tasks of a kind, and of its aliases, whose payload is JSON of a type. */
  public <A> WorkerBuilder handler(
      String kind, Class<A> type, TypedHandler<A> handler, String... aliases) {
    return handler(
        kind,
        task -> {
          var result = handler.handle(task.payloadAs(type), task);
          return result == null ? null : json.writeValueAsBytes(result);
        },
        aliases);
  }

  /** Runs tasks of several kinds. */
  public WorkerBuilder handlers(Map<String, TaskHandler> byKind) {
    byKind.forEach(this::put);
    return this;
  }

  /** Servers to connect to, as {@code host:port}. */
  public WorkerBuilder endpoints(String... endpoints) {
    return set("endpoints", Arrays.asList(endpoints));
  }

  /** Names the worker for people. */
  public WorkerBuilder id(String id) {
    return set("id", id);
  }

  /** A label of the worker, for tasks that require it. */
  public WorkerBuilder label(String name, String value) {
    return set(ConfigUtil.joinPath("labels", name), value);
  }

  /** How many pools, all alike. */
  public WorkerBuilder pools(int count) {
    return set("pool.count", count);
  }

  /** How many attempts run at the same time in one pool. */
  public WorkerBuilder slots(int slots) {
    return set("pool.slots", slots);
  }

  /** How many leases one pool holds beyond its slots. */
  public WorkerBuilder prefetch(int prefetch) {
    return set("pool.prefetch", prefetch);
  }

  /** Share of the places only urgent tasks may use. */
  public WorkerBuilder urgentPercentage(int percent) {
    return set("pool.urgent-percentage", percent);
  }

  /** Queues that every pool serves; "*" alone means any. */
  public WorkerBuilder queues(String... queues) {
    return set("pool.queues", Arrays.asList(queues));
  }

  /** Adds a pool of its own making; as soon as there is one, the settings make none. */
  public WorkerBuilder pool(String name, PoolSettings settings) {
    if (name.isEmpty() || name.length() > 128) {
      throw new IllegalArgumentException(
          "expected a pool's name of 1 to 128 characters, got \"" + name + '"');
    }
    if (pools.put(name, settings) != null) {
      throw new IllegalArgumentException("expected one pool of each name, got two of " + name);
    }
    return this;
  }

  /** How long running attempts may take to end once the worker is to end. */
  public WorkerBuilder finishWithin(Duration duration) {
    return set("drain.finish-within", duration);
  }

  /** Any other setting below {@code reeve.worker}, for instance {@code slot.cancel-grace}. */
  public WorkerBuilder set(String key, Object value) {
    said.put("reeve.worker." + key, value);
    return this;
  }

  /** Sets the listener for registrations, losses and ends of pools. */
  public WorkerBuilder listener(WorkerListener listener) {
    this.listener = listener;
    return this;
  }

  /** Reads and writes JSON for typed handlers. */
  public WorkerBuilder json(ObjectMapper json) {
    this.json = json;
    return this;
  }

  /** A whole configuration in place of the process's own; it must know the reference settings. */
  public WorkerBuilder config(Config config) {
    this.config = config;
    return this;
  }

  /** Variables in place of the process's own. */
  public WorkerBuilder environment(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
    return this;
  }

  WorkerBuilder ambient(Ambient ambient) {
    this.ambient = ambient;
    return this;
  }

  /**
   * Checks all settings and puts the worker together; nothing starts yet.
   *
   * @throws io.reeve.worker.settings.InvalidSetting when a setting cannot be used; the message
   *     names it
   * @throws IllegalArgumentException when there is no handler
   */
  public Worker build() {
    var file = config == null ? ConfigFactory.load() : config;
    var all =
        ConfigFactory.parseMap(said, "worker builder")
            .withFallback(EnvironmentVariables.settings(environment))
            .withFallback(file);
    var settings = WorkerSettings.from(all);
    UnknownSettings.keys(all)
        .forEach(key -> LOG.warn("unknown setting {}: nothing reads it, is it misspelt?", key));
    UnknownSettings.variables(environment)
        .forEach(name -> LOG.warn("unknown variable {}: no worker reads it", name));
    var made = new LinkedHashMap<>(pools);
    if (made.isEmpty()) {
      for (var name : Worker.poolNames(settings.pool().count())) {
        made.put(name, settings.pool());
      }
    }
    return new Worker(settings, made, new Handlers(handlers), listener, ambient, json, all);
  }

  private void put(String kind, TaskHandler handler) {
    if (handlers.putIfAbsent(kind, handler) != null) {
      throw new IllegalArgumentException("expected one handler of each kind, got two of " + kind);
    }
  }
}
