package io.reeve.node.store;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;

/** Stores and configurations for tests: the defaults of the module, in a directory of the test. */
final class TestStores {

  static final StoreSenses SENSES = new StoreSenses(System::nanoTime, new SecureRandom());

  private TestStores() {}

  static EmbeddedStore open(Path directory) {
    return EmbeddedStore.open(settings(directory), SENSES);
  }

  static StoreSettings settings(Path directory) {
    return StoreSettings.of(ConfigFactory.load()).in(directory);
  }

  /**
   * A local actor system that persists to {@code store} and ends with its test, not with the JVM.
   */
  static Config system(Store store) {
    return ConfigFactory.parseMap(
            Map.of(
                "pekko.loglevel", "WARNING",
                "pekko.loggers", java.util.List.of("org.apache.pekko.event.slf4j.Slf4jLogger"),
                "pekko.logging-filter", "org.apache.pekko.event.slf4j.Slf4jLoggingFilter",
                "pekko.actor.provider", "local",
                "pekko.actor.allow-java-serialization", "off",
                "pekko.coordinated-shutdown.exit-jvm", "off",
                "pekko.coordinated-shutdown.run-by-jvm-shutdown-hook", "off"))
        .withFallback(store.pekkoConfig())
        .withFallback(ConfigFactory.load());
  }
}
