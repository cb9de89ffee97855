package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.reeve.v1.GetTaskRequest;
import io.reeve.v1.TaskServiceGrpc;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What peers can do to a connection below gRPC, and what becomes of them and of the others. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
class ConnectionGuardsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(6);
  private static final String GET = "/reeve.v1.TaskService/GetTask";

  private final EdgeFixture edge =
      EdgeFixture.start(
          "reeve.grpc.ping-interval = 2s, reeve.grpc.ping-timeout = 1s, reeve.grpc.idle-timeout ="
              + " 30s");

  @AfterAll
  void stop() {
    edge.close();
  }

  /** CVE-2023-44487. */
  @Test
  void whoOpensAndResetsWithoutEndIsCutOffAndOthersAreServed() throws IOException {
    try (var attacker = new RawHttp2(edge.server.address(), PATIENCE)) {
      sendResets(attacker, 2_000);

      assertThat(attacker.next(RawHttp2.GO_AWAY, 0)).as("the end, with a word").isNotNull();
      assertThat(attacker.next()).as("anything after the end").isNull();
      assertThat(codeOfAnotherConnection()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
  }

  @Test
  void aPingIsAnswered() throws IOException {
    try (var peer = new RawHttp2(edge.server.address(), PATIENCE)) {
      var word = ByteBuffer.allocate(8).putLong(4711).array();
      peer.send(RawHttp2.PING, 0, 0, word);

      var answer = peer.next(RawHttp2.PING, RawHttp2.ACK);

      assertThat(answer).isNotNull();
      assertThat(answer.payload()).isEqualTo(word);
    }
  }

  @Test
  void aPeerThatAnswersNoPingIsCutOff() throws IOException {
    try (var silent = new RawHttp2(edge.server.address(), PATIENCE)) {
      // An idle connection without a call is not pinged.
      silent.send(RawHttp2.SETTINGS, RawHttp2.ACK, 0, new byte[0]);
      silent.open(1, "/grpc.health.v1.Health/Watch");

      assertThat(silent.next(RawHttp2.PING, 0)).as("a ping").isNotNull();
      assertThat(silent.next(RawHttp2.GO_AWAY, 0)).as("the end").isNotNull();
    }
  }

  @Test
  void aConnectionThatMakesNoCallIsClosed() throws IOException {
    try (var quick = EdgeFixture.start("reeve.grpc.first-call-within = 300ms");
        var silent =
            new Socket(quick.server.address().getAddress(), quick.server.address().getPort());
        var peer = new RawHttp2(quick.server.address(), PATIENCE)) {
      silent.setSoTimeout((int) PATIENCE.toMillis());

      assertThat(silent.getInputStream().read()).isEqualTo(-1);
      assertThat(peer.next(RawHttp2.GO_AWAY, 0)).as("the end of one that only began").isNull();
    }
  }

  @Test
  void silentConnectionsKeepNobodyOut() throws IOException {
    try (var small = EdgeFixture.start("reeve.grpc.connections-max = 8")) {
      var silent = new ArrayList<Socket>();
      for (var i = 0; i < 40; i++) {
        var address = small.server.address();
        silent.add(new Socket(address.getAddress(), address.getPort()));
      }

      assertThat(codeOfAnotherConnection(small)).isEqualTo(Status.Code.INVALID_ARGUMENT);
      for (var socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void aHeaderBeyondItsLimitIsRefusedAndOthersAreServed() {
    var headers = new Metadata();
    headers.put(
        Metadata.Key.of("x-long", Metadata.ASCII_STRING_MARSHALLER),
        "x".repeat(edge.settings.server().headerBytesMax() + 1));
    var refusal =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                TaskServiceGrpc.newBlockingStub(edge.channel())
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .getTask(GetTaskRequest.getDefaultInstance()));

    assertThat(refusal.getStatus().getCode())
        .isNotIn(Status.Code.DEADLINE_EXCEEDED, Status.Code.INVALID_ARGUMENT);
    assertThat(codeOfAnotherConnection()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  private static void sendResets(RawHttp2 attacker, int count) throws IOException {
    for (var i = 0; i < count; i++) {
      try {
        attacker.openAndReset(2 * i + 1, GET);
      } catch (SocketException cutOff) {
        return;
      }
    }
  }

  /** An empty id is refused as such, by a server that serves. */
  private Status.Code codeOfAnotherConnection() {
    return codeOfAnotherConnection(edge);
  }

  private static Status.Code codeOfAnotherConnection(EdgeFixture edge) {
    var refusal =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () ->
                TaskServiceGrpc.newBlockingStub(edge.channel())
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .getTask(GetTaskRequest.getDefaultInstance()));
    return refusal.getStatus().getCode();
  }
}
