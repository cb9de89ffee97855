package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.reeve.edge.EdgeSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeSettingsTest {

  @Test
  void theDefaultsAreThoseOfThePublicProtocol() {
    var settings = EdgeSettings.from(ConfigFactory.load());

    assertThat(settings.server().port()).isEqualTo(7460);
    assertThat(settings.server().host()).isEqualTo("127.0.0.1");
    assertThat(settings.tasks().payloadBytesMax()).isEqualTo(1 << 20);
    assertThat(settings.tasks().resultBytesMax()).isEqualTo(256 << 10);
    assertThat(settings.tasks().perCallMax()).isEqualTo(10_000);
    assertThat(settings.tasks().executionTimeout()).hasMinutes(5);
    assertThat(settings.tasks().retry().attemptsMax()).isEqualTo(4);
    assertThat(settings.workers().capacityMax()).isEqualTo(10_000);
    assertThat(settings.roster().rememberedMax()).isEqualTo(1000);
    assertThat(settings.roster().rememberedFor()).hasHours(1);
    assertThat(settings.roster().listBytesMax()).isEqualTo(3 << 20);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reeve.grpc.port                  | 70000   | expected 0 to 65535, got 70000",
        "reeve.grpc.port                  | many    | expected a whole number, got",
        "reeve.grpc.advertise             | crane   | expected nothing, or host:port",
        "reeve.grpc.advertise             | crane:0 | expected nothing, or host:port",
        "reeve.grpc.advertise             | a/b:1   | expected nothing, or host:port",
        "reeve.grpc.advertise             | ::1:80  | expected nothing, or host:port",
        "reeve.grpc.message-size-max      | 1 KiB   | expected 65536 to 67108864 bytes, got 1024",
        "reeve.grpc.message-size-max      | 1 MiB   | expected at least reeve.task.payload-size-max",
        "reeve.grpc.message-size-max      | 9999999 TiB | expected",
        "reeve.grpc.ping-timeout          | 7s      | expected a divisor of ping-interval",
        "reeve.grpc.ping-timeout          | 20s     | expected a divisor of ping-interval",
        "reeve.grpc.ping-timeout          | 30s     | expected 1000 ms to 20000 ms, got 30000 ms",
        "reeve.grpc.idle-timeout          | 10s     | expected more than ping-interval",
        "reeve.grpc.idle-timeout          | soon    | expected a duration such as 10 s, got",
        "reeve.grpc.reflection            | perhaps | expected on or off, got",
        "reeve.grpc.connections-max       | 0       | expected 1 to 100000, got 0",
        "reeve.grpc.write-timeout         | 0s      | expected 50 ms to 300000 ms, got 0 ms",
        "reeve.grpc.worker.buffer         | 1       | expected 8 to 100000, got 1",
        "reeve.grpc.worker.list-size-max  | 8 MiB   | expected 65536 to 6291456 bytes, got 8388608",
        "reeve.task.per-call-max          | -1      | expected 1 to 100000, got -1",
        "reeve.task.retry.backoff-jitter  | 1.5     | expected 0.0 to 1.0, got 1.5",
        "reeve.task.retry.attempts-max    | []      | expected a whole number, got",
      })
  void aValueOutOfBoundsIsRefusedWithTheFullPathOfItsKey(
      String key, String value, String expectation) {
    var text = value.equals("[]") ? value : "\"" + value + "\"";
    var config = ConfigFactory.parseString(key + " = " + text).withFallback(ConfigFactory.load());

    assertThatThrownBy(() -> EdgeSettings.from(config))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(key + ": " + expectation);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "crane:7460", "crane.example:1", "192.0.2.1:65535", "[::1]:7460"})
  void anAddressForOthersIsTakenAsItIs(String text) {
    var config =
        ConfigFactory.parseMap(Map.of("reeve.grpc.advertise", text))
            .withFallback(ConfigFactory.load());

    assertThat(EdgeSettings.from(config).server().advertise()).isEqualTo(text);
  }

  @Test
  void aMissingKeyIsNamedToo() {
    var config = ConfigFactory.load().withoutPath("reeve.grpc.host");

    assertThatThrownBy(() -> EdgeSettings.from(config))
        .hasMessage("reeve.grpc.host: expected a text, got nothing");
  }
}
