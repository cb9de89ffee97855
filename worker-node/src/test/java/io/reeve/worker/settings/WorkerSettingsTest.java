package io.reeve.worker.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reeve.worker.restart.RestartPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerSettingsTest {

  private final Config reference = ConfigFactory.load();

  @Test
  void theReferenceIsUsableAndHasTheDocumentedDefaults() {
    var settings = WorkerSettings.from(reference);

    assertThat(settings.endpoints()).containsExactly(new Endpoint("127.0.0.1", 7460));
    assertThat(settings.pool()).isEqualTo(new PoolSettings(1, 4, 0, 25, List.of("default")));
    assertThat(settings.pool().urgentReserve()).isEqualTo(1);
    assertThat(settings.link().heartbeatInterval()).isEqualTo(Duration.ofSeconds(1));
    assertThat(settings.slot().restart().policy()).isEqualTo(RestartPolicy.ON_FAILURE);
    assertThat(settings.slot().restart().backoff().initial()).isEqualTo(Duration.ofMillis(200));
    assertThat(settings.drain().policy()).isEqualTo(DrainSettings.Policy.FINISH);
  }

  @Test
  void theEnvironmentWinsOverTheFile() {
    var settings =
        WorkerSettings.from(
            EnvironmentVariables.settings(
                    Map.of(
                        "ORCHESTRATOR_ENDPOINT", "one.example:7460, [::1]:7461",
                        "WORKER_POOLS_COUNT", "3",
                        "WORKER_POOL_CAPACITY", " 16 ",
                        "WORKER_POOL_URGENT_PERCENTAGE", "0",
                        "WORKER_HEARTBEAT_SECONDS", "2"))
                .withFallback(reference));

    assertThat(settings.endpoints())
        .containsExactly(new Endpoint("one.example", 7460), new Endpoint("[::1]", 7461));
    assertThat(settings.pool().count()).isEqualTo(3);
    assertThat(settings.pool().slots()).isEqualTo(16);
    assertThat(settings.pool().urgentPercentage()).isZero();
    assertThat(settings.link().heartbeatInterval()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void anEnvironmentThatSaysNothingChangesNothing() {
    assertThat(EnvironmentVariables.settings(Map.of("PATH", "/bin")).isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          WORKER_POOLS_COUNT            | ''   | 1 to 64
          WORKER_POOLS_COUNT            | ' '  | 1 to 64
          WORKER_POOLS_COUNT            | two  | 1 to 64
          WORKER_POOLS_COUNT            | 0    | 1 to 64
          WORKER_POOLS_COUNT            | -1   | 1 to 64
          WORKER_POOLS_COUNT            | 65   | 1 to 64
          WORKER_POOL_CAPACITY          | ''   | 1 to 10000
          WORKER_POOL_CAPACITY          | many | 1 to 10000
          WORKER_POOL_CAPACITY          | 0    | 1 to 10000
          WORKER_POOL_CAPACITY          | -4   | 1 to 10000
          WORKER_POOL_CAPACITY          | 2.5  | 1 to 10000
          WORKER_POOL_CAPACITY          | 99999999999999999999 | 1 to 10000
          WORKER_POOL_URGENT_PERCENTAGE | ''   | 0 to 100
          WORKER_POOL_URGENT_PERCENTAGE | 25%  | 0 to 100
          WORKER_POOL_URGENT_PERCENTAGE | -1   | 0 to 100
          WORKER_POOL_URGENT_PERCENTAGE | 101  | 0 to 100
          WORKER_HEARTBEAT_SECONDS      | ''   | 1 to 3600
          WORKER_HEARTBEAT_SECONDS      | 1s   | 1 to 3600
          WORKER_HEARTBEAT_SECONDS      | 0    | 1 to 3600
          WORKER_HEARTBEAT_SECONDS      | -1   | 1 to 3600
          ORCHESTRATOR_ENDPOINT         | ''   | host:port
          ORCHESTRATOR_ENDPOINT         | here | host:port
          ORCHESTRATOR_ENDPOINT         | a b:1 | host:port
          ORCHESTRATOR_ENDPOINT         | http://a:1 | host:port
          ORCHESTRATOR_ENDPOINT         | a:0  | a port from 1 to 65535
          ORCHESTRATOR_ENDPOINT         | a:65536 | a port from 1 to 65535
          ORCHESTRATOR_ENDPOINT         | 'a:1,' | host:port
          """)
  void anUnusableVariableIsNamedWithWhatIsAllowedAndWhatWasGiven(
      String name, String given, String allowed) {
    var shown = given.isEmpty() || given.endsWith(",") ? "\"\"" : given.trim();

    assertThatThrownBy(() -> EnvironmentVariables.settings(Map.of(name, given)))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageStartingWith(name + ": expected ")
        .hasMessageContaining(allowed)
        .hasMessageContaining(shown);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          reeve.worker.endpoints                    | []
          reeve.worker.endpoints                    | [nowhere]
          reeve.worker.labels                       | 5
          reeve.worker.statistics-interval          | 1 ms
          reeve.worker.pool.count                   | 0
          reeve.worker.pool.slots                   | 10001
          reeve.worker.pool.prefetch                | 9997
          reeve.worker.pool.urgent-percentage       | 101
          reeve.worker.pool.queues                  | []
          reeve.worker.pool.queues                  | ["*", other]
          reeve.worker.pool.queues                  | ["a b"]
          reeve.worker.pool.queues                  | [""]
          reeve.worker.pool.queues                  | ["größe"]
          reeve.worker.id                           | " "
          reeve.worker.id                           | "a\\u200Bb"
          reeve.worker.labels                       | {a: "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"}
          reeve.worker.slot.threads                 | green
          reeve.worker.slot.cancel-grace            | 0 s
          reeve.worker.slot.restart.policy          | sometimes
          reeve.worker.slot.restart.backoff-max     | 10 ms
          reeve.worker.slot.restart.backoff-jitter  | 1.5
          reeve.worker.slot.restart.limit           | -1
          reeve.worker.link.heartbeat-interval      | soon
          reeve.worker.link.silence-max             | 1 s
          reeve.worker.link.settlement-batch-max    | 10001
          reeve.worker.link.message-max             | 1 KiB
          reeve.worker.drain.policy                 | abort
          reeve.worker.drain.settle-within          | 0 s
          """)
  void anUnusableSettingIsNamedByItsFullPath(String path, String value) {
    var config = ConfigFactory.parseString(path + " = " + value).withFallback(reference);

    assertThatThrownBy(() -> WorkerSettings.from(config))
        .isInstanceOf(InvalidSetting.class)
        .hasMessageStartingWith(path + ": expected ");
  }

  @Test
  void aKeyThatNothingReadsIsFound() {
    var config =
        ConfigFactory.parseString(
                "reeve.worker { pool.slot = 4, labels.site = north, link { recieved-delay = 1s },"
                    + " actor-system.pekko.loglevel = DEBUG }")
            .withFallback(reference);

    assertThat(UnknownSettings.keys(config))
        .containsExactly("reeve.worker.link.recieved-delay", "reeve.worker.pool.slot");
    assertThat(UnknownSettings.keys(reference)).isEmpty();
  }

  @Test
  void aVariableThatNoWorkerReadsIsFound() {
    var environment =
        Map.of(
            "WORKER_POOL_CAPASITY", "4",
            "WORKER_POOL_CAPACITY", "4",
            "ORCHESTRATOR_ENDPOINTS", "a:1",
            "REEVE_WORKER_POOL_SLOTS", "4",
            "WORKER_NAME", "of somebody else");

    assertThat(UnknownSettings.variables(environment))
        .containsExactly(
            "ORCHESTRATOR_ENDPOINTS", "REEVE_WORKER_POOL_SLOTS", "WORKER_POOL_CAPASITY");
  }

  @Test
  void aTimeOutOfBoundsIsToldAsPeopleWriteTimes() {
    var config =
        ConfigFactory.parseString("reeve.worker.slot.cancel-grace = 48 h").withFallback(reference);

    assertThatThrownBy(() -> WorkerSettings.from(config))
        .hasMessage("reeve.worker.slot.cancel-grace: expected a time from 1 ms to 1 d, got 2 d");
  }

  @Test
  void aMissingSettingIsNamedToo() {
    assertThatThrownBy(() -> WorkerSettings.from(reference.withoutPath("reeve.worker.pool.slots")))
        .hasMessage(
            "reeve.worker.pool.slots: expected a whole number from 1 to 10000, got nothing");
    assertThatThrownBy(() -> WorkerSettings.from(ConfigFactory.empty()))
        .hasMessage("reeve.worker: expected a block of settings, got nothing");
  }
}
