package io.reeve.settings;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reeve.dispatch.DispatcherSettings;
import io.reeve.partition.PartitionSettings;
import io.reeve.session.Session;
import io.reeve.session.SessionTuning;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bounds of what the actors are tuned by. */
class ActorSettingsTest {

  @Test
  void theReferenceConfigurationIsComplete() {
    assertThatNoException().isThrownBy(() -> readAll(ConfigFactory.load()));
  }

  @ParameterizedTest
  @CsvSource({
    "partition.count, -1",
    "partition.tasks-max, 0",
    "partition.bytes-max, -1",
    "partition.finished.max, -1",
    "partition.dead.bytes-max, 0",
    "partition.request-id.kept, 1 ms",
    "partition.lease.duration, 999 ms",
    "partition.lease.audit-interval, 999 ms",
    "partition.ended-holders.kept, 59 s",
    "partition.memory.live, 0.9",
    "partition.memory.live-limit, 0.01",
    "partition.memory.finished, 0.6",
    "partition.pending-bytes-max, 0",
    "partition.batch.commands-max, 0",
    "partition.watchers-max, -1",
    "partition.snapshot.kept, 1",
    "partition.snapshot.backoff-max, 1 ms",
    "partition.restart.backoff-min, 0 ms",
    "partition.restart.jitter, 0.04",
    "partition.restart.jitter, 1.1",
    "dispatcher.normal-every, 1",
    "dispatcher.grant-max, 0",
    "dispatcher.refusal-pause, 0 ms",
    "dispatcher.greet-backoff.max, 1 ms",
    "dispatcher.epoch-backoff.min, 0 ms",
    "dispatcher.audit-interval, 999 ms",
    "dispatcher.demand.slots-per-worker, 0",
    "session.hello-within, 0 ms",
    "session.credit-again, 999 ms",
    "session.batches-max, 0",
    "session.capacity-max, 0",
    "session.silence-max, -1 ms",
  })
  void aValueOutOfItsBoundsIsRefusedWithTheFullKey(String key, String value) {
    var config =
        ConfigFactory.parseString("reeve." + key + " = " + value)
            .withFallback(ConfigFactory.load());

    assertThatThrownBy(() -> readAll(config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("reeve." + key + ": expected ");
  }

  private static void readAll(Config config) {
    PartitionSettings.of(config);
    DispatcherSettings.from(config);
    SessionTuning.from(config);
    Session.Settings.from(config, Duration.ofSeconds(30));
  }
}
