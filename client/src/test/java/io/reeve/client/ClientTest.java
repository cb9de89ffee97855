package io.reeve.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.reeve.client.fake.FakeReeve;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;

/** A fake server and a client of it that repeats calls soon. */
abstract class ClientTest {

  static final Clock NOON = Clock.fixed(Instant.parse("2026-11-20T12:00:00Z"), ZoneOffset.UTC);
  static final TaskRequest HELLO = TaskRequest.of("echo").payload("hello").build();

  final FakeReeve server = FakeReeve.start(NOON);
  final ReeveClient client = client(server.endpoint());

  static ReeveClient client(String endpoints) {
    var ids = new int[1];
    return ReeveClient.builder()
        .endpoints(endpoints)
        .callTimeout(Duration.ofSeconds(10))
        .tryTimeout(Duration.ofMillis(500))
        .backoff(Duration.ofMillis(5), Duration.ofMillis(20))
        .requestIds(() -> "request-" + ++ids[0])
        .timeAndChance(System::nanoTime, new Random(1))
        .build();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  static io.grpc.StatusRuntimeException refusal(
      Status.Code code, String reason, long retryDelayMillis) {
    return FakeReeve.refusal(code, reason, "no", retryDelayMillis);
  }

  static void eventually(String condition, BooleanSupplier holds) {
    var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waiting until %s", condition).isLessThan(until);
      LockSupport.parkNanos(1_000_000);
    }
  }
}
