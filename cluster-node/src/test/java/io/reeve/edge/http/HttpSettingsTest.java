package io.reeve.edge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpSettingsTest {

  @Test
  void theDefaultIsThePortAfterThatOfGrpcOnLoopback() {
    var settings = HttpSettings.from(ConfigFactory.load(), 7460);

    assertThat(settings.port()).hasValue(7461);
    assertThat(settings.host()).isEqualTo("127.0.0.1");
  }

  @ParameterizedTest
  @CsvSource({
    "next, 7460, 7461",
    "next, 65534, 65535",
    "next, 0, 0",
    "0, 7460, 0",
    "80, 7460, 80",
    "65535, 0, 65535"
  })
  void aPortIsANumberOrTheNextOne(String text, int grpcPort, int expected) {
    assertThat(HttpSettings.from(config("reeve.http.port", text), grpcPort).port())
        .hasValue(expected);
  }

  @Test
  void offIsNoPortAtAll() {
    assertThat(HttpSettings.from(config("reeve.http.port", "off"), 7460).port()).isEmpty();
  }

  @Test
  void nothingIsNextToTheLastPort() {
    assertThatThrownBy(() -> HttpSettings.from(ConfigFactory.load(), 65_535))
        .hasMessage(
            "reeve.http.port: expected a number, since no port comes after reeve.grpc.port"
                + " (65535), got next");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reeve.http.port            | 65536 | expected 0 to 65535, next or off, got 65536",
        "reeve.http.port            | -1    | expected 0 to 65535, next or off, got -1",
        "reeve.http.port            | on    | expected 0 to 65535, next or off, got on",
        "reeve.http.port            | []    | expected a text, got",
        "reeve.http.connections-max | 0     | expected 1 to 10000, got 0",
        "reeve.http.idle-timeout    | 1s    | expected 2000 ms to 86400000 ms, got 1000 ms",
        "reeve.http.request-timeout | 2s    | expected 3000 ms to 300000 ms, got 2000 ms",
        "reeve.http.uri-size-max    | 8 B   | expected 64 to 65536 bytes, got 8",
        "reeve.http.header-size-max | 8 B   | expected 256 to 65536 bytes, got 8",
        "reeve.http.body-size-max   | 1 MiB | expected 0 to 65536 bytes, got 1048576",
      })
  void aValueOutOfBoundsIsRefusedWithTheFullPathOfItsKey(
      String key, String value, String expectation) {
    assertThatThrownBy(() -> HttpSettings.from(config(key, value), 7460))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(key + ": " + expectation);
  }

  private static Config config(String key, String value) {
    var text = value.equals("[]") ? value : "\"" + value + "\"";
    return ConfigFactory.parseString(key + " = " + text).withFallback(ConfigFactory.load());
  }
}
