package io.reeve.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** A server of the loopback address that speaks no gRPC: HTTP/1.1, or nothing at all. */
final class Http1 implements AutoCloseable {

  private static final String ANSWER =
      "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

  private final ServerSocket socket = new ServerSocket();
  private final AtomicInteger connections = new AtomicInteger();

  private Http1(int port, String answer) throws IOException {
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    var accepts = new Thread(() -> serve(answer), "http-1");
    accepts.setDaemon(true);
    accepts.start();
  }

  /** Answers whatever comes with an HTTP/1.1 refusal. */
  static Http1 start() throws IOException {
    return new Http1(0, ANSWER);
  }

  /** Closes every connection without a word. */
  static Http1 startBroken(int port) throws IOException {
    return new Http1(port, "");
  }

  int port() {
    return socket.getLocalPort();
  }

  /** How many were accepted so far. */
  int connections() {
    return connections.get();
  }

  private void serve(String answer) {
    while (!socket.isClosed()) {
      try (var connection = socket.accept()) {
        connections.incrementAndGet();
        if (!answer.isEmpty()) {
          var got = connection.getInputStream().read(new byte[1024]);
          connection.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
          if (got < 0) {
            return;
          }
        }
      } catch (IOException closed) {
        // By the test, or by a client that has gone: in both cases nothing is left to answer.
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
