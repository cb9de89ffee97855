package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers that speak HTTP/1 to the gRPC port learn what the port is for, and are not kept. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnservedTest {

  private static final int READ_TIMEOUT_MILLIS = 10_000;

  private final EdgeFixture edge = EdgeFixture.start("reeve.grpc.idle-timeout = 60s");

  @AfterAll
  void stop() {
    edge.close();
  }

  /** A bar stands for the end of a line. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /health HTTP/1.1|Host: localhost||",
        "GET /health HTTP/1.1|Host: localhost|Connection: keep-alive||",
        "GET /health HTTP/1.0|Connection: keep-alive||",
        "POST / HTTP/1.0|Content-Length: 4||tell",
        "HEAD /health HTTP/1.1|Host: localhost||",
        "POST / HTTP/1.1|Host: localhost|Content-Type: text/plain|Content-Length: 4||tell",
        "POST / HTTP/1.1|Host: localhost|Transfer-Encoding: chunked||4|tell|0||",
        "POST / HTTP/1.1|Host: localhost|Content-Length: 999999||a part of it",
      })
  void aCallerOfHttp1IsToldAndTheConnectionIsClosed(String request) throws IOException {
    var answer = answerTo(request.replace("|", "\r\n"));

    assertThat(answer).startsWith("HTTP/1.1 415 ").contains("Connection: close");
  }

  /** All that the server says until it closes the connection. */
  private String answerTo(String request) throws IOException {
    var address = edge.server.address();
    try (var socket = new Socket(address.getAddress(), address.getPort())) {
      socket.setSoTimeout(READ_TIMEOUT_MILLIS);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}
