package io.reeve.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reeve.v1.Lane;
import io.reeve.v1.Priority;
import io.reeve.v1.TaskSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TaskRequestTest {

  @Test
  void whatIsNotSetIsLeftToTheServer() {
    assertThat(TaskRequest.of("echo").build().spec())
        .isEqualTo(TaskSpec.newBuilder().setKind("echo").build());
  }

  @Test
  void everySettingArrivesInTheSpec() {
    var spec =
        TaskRequest.of("email")
            .payload("{}")
            .queue("mail")
            .urgent()
            .priority(Priority.PRIORITY_HIGH)
            .delay(Duration.ofMillis(1500))
            .queueTimeout(Duration.ofHours(1))
            .executionTimeout(Duration.ofSeconds(20))
            .attemptsMax(3)
            .backoffInitial(Duration.ofSeconds(1))
            .backoffMax(Duration.ofMinutes(1))
            .name("welcome")
            .description("first mail")
            .tenant("acme")
            .label("team", "growth")
            .build()
            .spec();

    assertThat(spec.getPayload().toStringUtf8()).isEqualTo("{}");
    assertThat(spec.getQueue()).isEqualTo("mail");
    assertThat(spec.getLane()).isEqualTo(Lane.LANE_URGENT);
    assertThat(spec.getPriority()).isEqualTo(Priority.PRIORITY_HIGH);
    assertThat(spec.getDelay())
        .isEqualTo(
            com.google.protobuf.Duration.newBuilder().setSeconds(1).setNanos(500_000_000).build());
    assertThat(spec.getQueueTimeout().getSeconds()).isEqualTo(3600);
    assertThat(spec.getExecutionTimeout().getSeconds()).isEqualTo(20);
    assertThat(spec.getRetry().getAttemptsMax()).isEqualTo(3);
    assertThat(spec.getRetry().getBackoffMax().getSeconds()).isEqualTo(60);
    assertThat(spec.getName()).isEqualTo("welcome");
    assertThat(spec.getDescription()).isEqualTo("first mail");
    assertThat(spec.getTenant()).isEqualTo("acme");
    assertThat(spec.getLabelsMap()).containsExactly(Map.entry("team", "growth"));
  }

  @Test
  void theLaterOfDelayAndInstantCounts() {
    var spec =
        TaskRequest.of("echo")
            .delay(Duration.ofSeconds(1))
            .notBefore(Instant.parse("2026-11-20T12:00:00Z"))
            .build()
            .spec();

    assertThat(spec.hasDelay()).isFalse();
    assertThat(spec.getNotBefore().getSeconds())
        .isEqualTo(Instant.parse("2026-11-20T12:00:00Z").getEpochSecond());
  }

  @Test
  void payloadsAreWrittenAsJson() {
    var value = new LinkedHashMap<String, Object>();
    value.put("to", "ada \"the first\"\n");
    value.put("counts", Arrays.asList(1, 2.5, true, null));
    value.put("none", Map.of());
    value.put("empty", List.of());

    assertThat(TaskRequest.of("echo").payloadJson(value).build().spec().getPayload().toStringUtf8())
        .isEqualTo(
            "{\"to\":\"ada \\\"the first\\\"\\n\",\"counts\":[1,2.5,true,null],\"none\":{},\"empty\":[]}");
  }

  @Test
  void nonsenseIsRefusedBeforeItIsSent() {
    assertThatThrownBy(() -> TaskRequest.of(" ")).hasMessage("expected a kind, got none");
    assertThatThrownBy(() -> TaskRequest.of("a").delay(Duration.ofSeconds(-1)))
        .hasMessage("expected delay of zero or more, got PT-1S");
    assertThatThrownBy(() -> TaskRequest.of("a").payloadJson(new Object()))
        .hasMessageStartingWith("expected a map, list, string");
    assertThatThrownBy(() -> TaskRequest.of("a").payloadJson(Double.NaN))
        .hasMessage("expected a finite number, got NaN");
  }

  @Test
  void itsTextShowsNoPayload() {
    assertThat(TaskRequest.of("echo").payload("secret").build())
        .hasToString("TaskRequest[kind=echo, queue=, payload=6 bytes]");
  }
}
