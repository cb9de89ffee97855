package io.reeve.worker.link;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.typesafe.config.ConfigFactory;
import io.reeve.v1.Welcome;
import io.reeve.worker.settings.Endpoint;
import io.reeve.worker.settings.LinkSettings;
import io.reeve.worker.settings.WorkerSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

class WelcomedTest {

  private final LinkSettings settings = WorkerSettings.from(ConfigFactory.load()).link();

  @Test
  void theServersWordWins() {
    var session =
        Welcomed.of(
            Welcome.newBuilder()
                .setHeartbeatInterval(Duration.newBuilder().setSeconds(7))
                .setSilenceMax(Duration.newBuilder().setSeconds(21))
                .setReceivedWithin(Duration.newBuilder().setNanos(40_000_000))
                .setResultBytesMax(10)
                .build(),
            settings);

    assertThat(session.heartbeatInterval()).isEqualTo(java.time.Duration.ofSeconds(7));
    assertThat(session.silenceMax()).isEqualTo(java.time.Duration.ofSeconds(21));
    assertThat(session.receivedDelay()).isEqualTo(java.time.Duration.ofMillis(10));
    assertThat(session.resultMax()).isEqualTo(10);
  }

  @Test
  void theSettingsFillInWhatTheServerLeftOpen() {
    var session = Welcomed.of(Welcome.getDefaultInstance(), settings);

    assertThat(session.heartbeatInterval()).isEqualTo(settings.heartbeatInterval());
    assertThat(session.silenceMax()).isEqualTo(settings.silenceMax());
    assertThat(session.receivedDelay()).isEqualTo(settings.receivedDelay());
    assertThat(session.resultMax()).isEqualTo(Integer.MAX_VALUE);
    assertThat(session.batchesMax()).isEqualTo(256);
    assertThat(session.batchBytesMax()).isPositive();
  }

  @Test
  void anIntervalOfNothingIsNotBelieved() {
    var session =
        Welcomed.of(
            Welcome.newBuilder()
                .setHeartbeatInterval(Duration.getDefaultInstance())
                .setSilenceMax(Duration.getDefaultInstance())
                .build(),
            settings);

    assertThat(session.heartbeatInterval()).isEqualTo(java.time.Duration.ofMillis(10));
    assertThat(session.silenceMax()).isEqualTo(java.time.Duration.ofMillis(20));
  }

  @Test
  void afterTheLastEndpointComesTheFirst() {
    var endpoints = new Endpoints(List.of(new Endpoint("a", 1), new Endpoint("b", 2)));

    assertThat(endpoints.current().host()).isEqualTo("a");
    endpoints.moveOn();
    assertThat(endpoints.current().host()).isEqualTo("b");
    endpoints.moveOn();
    assertThat(endpoints.current().host()).isEqualTo("a");
  }
}
