package io.reeve.domain.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import io.reeve.v1.TaskSpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlannedSpecTest {

  @ParameterizedTest
  @CsvSource({
    "nightly, 1774699200000",
    "nightly, 1774699200001",
    "Grüße, 0",
    "n, 999",
    "n, 253402300799999"
  })
  void theTemplateGetsNameAndPlannedInstant(String name, long plannedMs)
      throws InvalidProtocolBufferException {
    var template =
        TaskSpec.newBuilder()
            .setKind("mail.send")
            .setPayload(ByteString.copyFromUtf8("payload"))
            .putLabels("a", "b")
            .build();

    var bytes = PlannedSpec.of(template.toByteArray(), name, plannedMs);

    assertThat(TaskSpec.parseFrom(bytes))
        .isEqualTo(
            template.toBuilder()
                .setScheduleName(name)
                .setPlannedAt(
                    Timestamp.newBuilder()
                        .setSeconds(plannedMs / 1_000)
                        .setNanos((int) (plannedMs % 1_000) * 1_000_000))
                .build());
    assertThat(bytes.length - template.getSerializedSize())
        .isLessThanOrEqualTo(PlannedSpec.bytesMax(name));
  }
}
