package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreSettingsTest {

  @Test
  void theReferenceConfigurationIsComplete() {
    var settings = StoreSettings.of(ConfigFactory.load());

    assertThat(settings.directory()).isEqualTo(Path.of("data"));
    assertThat(settings.busyTimeout()).isEqualTo(Duration.ofSeconds(8));
    assertThat(settings.trim().chunkRows()).isEqualTo(100);
  }

  @ParameterizedTest
  @CsvSource({
    "busy-timeout, 1ms",
    "page-size, 5000",
    "page-size, 1 MiB",
    "wal.checkpoint-size, 1 KiB",
    "wal.checkpoint-size, 5 GiB",
    "wal.size-limit, 1 MiB",
    "trim.chunk-rows, 0",
    "trim.chunk-size, 1 KiB",
    "trim.duty, 0",
    "trim.duty, 0.95",
    "trim.pending-max, 0",
  })
  void aValueOutOfItsBoundsIsRefusedWithTheFullKey(String key, String value) {
    var configuration =
        ConfigFactory.parseString("reeve.store." + key + " = " + value)
            .withFallback(ConfigFactory.load());

    assertThatThrownBy(() -> StoreSettings.of(configuration))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reeve.store." + key)
        .hasMessageContaining("expected");
  }

  /**
   * HikariCP 4.0.3 asks the first connection of a pool that is not told. Where that one breaks just
   * then, it sets isolation -1 on every later one, and the pool never gets a connection.
   */
  @ParameterizedTest
  @ValueSource(strings = {"reeve-journal", "reeve-snapshots", "reeve-journal-reader", "reeve-trim"})
  void eachPoolIsToldItsIsolation(String pool) {
    var postgres = ConfigFactory.parseResources("reeve-store-postgres.conf").resolve();
    var db = postgres.getConfig("pekko-persistence-jdbc.shared-databases." + pool + ".db");

    assertThat(db.getString("transactionIsolation")).isEqualTo("READ_COMMITTED");
  }
}
