package io.reeve.worker.link;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamEndTest {

  @Test
  void onlyWhatARepetitionDoesNotHealIsFinal() {
    assertThat(Arrays.stream(Status.Code.values()).filter(StreamEnd::isFinal))
        .containsExactlyInAnyOrder(
            Status.Code.INVALID_ARGUMENT,
            Status.Code.NOT_FOUND,
            Status.Code.ALREADY_EXISTS,
            Status.Code.PERMISSION_DENIED,
            Status.Code.FAILED_PRECONDITION,
            Status.Code.OUT_OF_RANGE,
            Status.Code.UNIMPLEMENTED,
            Status.Code.UNAUTHENTICATED);
  }

  @Test
  void anEndWithATimeToRetryAfterIsNeverFinalAndIsWaitedFor() {
    var end = StreamEnd.of(refusal(Duration.newBuilder().setNanos(200_000_000).build()));

    assertThat(end.isFinal()).isFalse();
    assertThat(end.retryDelay()).isEqualTo(java.time.Duration.ofMillis(200));
  }

  @Test
  void aTimeToRetryAfterIsBounded() {
    var long1 = StreamEnd.of(refusal(Duration.newBuilder().setSeconds(1_000_000).build()));
    var negative = StreamEnd.of(refusal(Duration.newBuilder().setSeconds(-1).build()));

    assertThat(long1.retryDelay()).isEqualTo(java.time.Duration.ofMinutes(1));
    assertThat(negative.retryDelay()).isZero();
  }

  @Test
  void withoutATimeTheStatusDecides() {
    assertThat(StreamEnd.of(Status.UNAVAILABLE.asRuntimeException()).isFinal()).isFalse();
    assertThat(StreamEnd.of(Status.PERMISSION_DENIED.asRuntimeException()).isFinal()).isTrue();
    assertThat(StreamEnd.of(Status.PERMISSION_DENIED.asRuntimeException()).retryDelay()).isZero();
    assertThat(StreamEnd.of(Status.UNAVAILABLE.asRuntimeException()).isBroken()).isTrue();
    assertThat(StreamEnd.of(Status.PERMISSION_DENIED.asRuntimeException()).isBroken()).isFalse();
    assertThat(StreamEnd.ORDERLY.isFinal()).isFalse();
    assertThat(StreamEnd.ORDERLY.isBroken()).isTrue();
  }

  @Test
  void aWordOfTheServerWithoutATimeToRetryAfterIsFinal() {
    var superseded =
        com.google.rpc.Status.newBuilder()
            .setCode(Code.ABORTED_VALUE)
            .addDetails(Any.pack(ErrorInfo.newBuilder().setReason("SUPERSEDED").build()))
            .build();

    var end = StreamEnd.of(StatusProto.toStatusRuntimeException(superseded));

    assertThat(end.isFinal()).isTrue();
    assertThat(end.isBroken()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          io exception | finishConnect(..) failed with error(-111): Connection refused: /127.0.0.1:1 | connection refused
          Unable to resolve host nohost.invalid | nohost.invalid: Name or service not known | no host of that name
          io exception | connection timed out after 4000 ms: /10.0.0.1:1 | connection timed out
          io exception | recvAddress(..) failed with error(-104): Connection reset by peer | connection reset
          http2 exception | First received frame was not SETTINGS. Hex dump | the port does not speak gRPC; is it the one for HTTP?
          something else | another cause | UNAVAILABLE: something else (another cause)
          """)
  void theReasonIsInPlainWords(String description, String cause, String expected) {
    var status =
        Status.UNAVAILABLE.withDescription(description).withCause(new IllegalStateException(cause));

    assertThat(StreamEnd.describe(status)).isEqualTo(expected);
  }

  private static RuntimeException refusal(Duration delay) {
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(Code.FAILED_PRECONDITION_VALUE)
            .addDetails(Any.pack(RetryInfo.newBuilder().setRetryDelay(delay).build()))
            .build());
  }
}
