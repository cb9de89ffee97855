package io.reeve.edge.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.reeve.edge.NodeHealth;
import io.reeve.edge.PlayedReadiness;
import io.reeve.edge.bounds.Room;
import io.reeve.edge.http.api.Api;
import io.reeve.edge.http.api.ApiSettings;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.SystemMaterializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server on a free port of loopback, as programs meet it. */
class HttpServerTest {

  private static final ActorTestKit KIT =
      ActorTestKit.create(
          "http",
          ConfigFactory.parseString("pekko.actor.provider = local")
              .withFallback(ConfigFactory.load()));

  private static final ApiSettings API =
      new ApiSettings(
          true, 1000, Duration.ofSeconds(5), Duration.ofSeconds(5), 1, List.of("node.example"));

  private static final HttpSettings SETTINGS =
      new HttpSettings(
          "127.0.0.1",
          OptionalInt.of(0),
          2,
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          10,
          Duration.ofMillis(500),
          100,
          256,
          10,
          API);

  private final PlayedReadiness readiness = new PlayedReadiness();
  private final NodeHealth health = new NodeHealth(readiness);
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpServer server = bind(SETTINGS);

  private HttpServer bind(HttpSettings settings) {
    return HttpServer.bind(
            KIT.system(),
            settings,
            0,
            new HttpServer.Backing(
                health,
                new Metrics(),
                new Api(
                    settings.api(),
                    Duration.ofSeconds(1),
                    SystemMaterializer.get(KIT.system()).materializer()),
                "1.2.3",
                new Room(1_000_000, 1000),
                System::nanoTime))
        .toCompletableFuture()
        .join();
  }

  /** Binds anew, with other bounds. */
  private void bindWith(Duration idleTimeout, Duration headWithin) {
    end();
    server =
        bind(
            new HttpSettings(
                "127.0.0.1",
                OptionalInt.of(0),
                2,
                idleTimeout,
                headWithin,
                10,
                Duration.ofSeconds(5),
                100,
                256,
                10,
                API));
  }

  @AfterEach
  void end() {
    server.terminate(Duration.ofSeconds(3)).toCompletableFuture().join();
  }

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/health/live", "/alive", "/healthz"})
  void aNodeLivesWhateverItCanDo(String path) throws Exception {
    readiness.tasks(false);
    readiness.workers(false);

    var answer = get(path);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("ok\n");
    assertThat(answer.headers().firstValue("content-type")).hasValue("text/plain; charset=UTF-8");
    assertThat(answer.headers().firstValue("cache-control")).hasValue("no-store");
    assertThat(answer.headers().firstValue("server")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/health/ready", "/health", "/ready"})
  void aNodeIsReadyWhileItServesAndSaysWhatIsAmissWhileItDoesNot(String path) throws Exception {
    assertThat(get(path).statusCode()).isEqualTo(503);
    assertThat(get(path).body())
        .isEqualTo(
            "{\"status\":\"not-ready\",\"serving\":false,\"tasks\":true,\"workers\":true,"
                + "\"reason\":\"the node is starting or leaving\",\"version\":\"1.2.3\"}\n");

    health.serving(true);
    var answer = get(path);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(answer.headers().firstValue("cache-control")).hasValue("no-store");
    assertThat(answer.body())
        .isEqualTo(
            "{\"status\":\"ready\",\"serving\":true,\"tasks\":true,\"workers\":true,"
                + "\"version\":\"1.2.3\"}\n");

    readiness.workers(false);
    assertThat(get(path).statusCode()).isEqualTo(503);
    assertThat(get(path).body()).contains("\"tasks\":true,\"workers\":false");

    readiness.tasks(false);
    assertThat(get(path).statusCode()).isEqualTo(503);
    assertThat(get(path).body()).contains("\"tasks\":false");
  }

  @Test
  void aVersionIsText() {
    assertThat(HealthPages.json(new NodeHealth.Found(true, true, true, ""), "1\"\n"))
        .endsWith("\"version\":\"1\\\"\\n\"}\n");
  }

  @Test
  void headIsGetWithoutTheBody() throws Exception {
    var answer = send("HEAD", "/health/ready");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.headers().firstValueAsLong("content-length"))
        .hasValue(get("/health/ready").body().length());
    assertThat(answer.headers().firstValue("cache-control")).hasValue("no-store");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
  void nothingIsChangedHere(String method) throws Exception {
    var answer = send(method, "/health/live");

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("allow")).hasValue("GET, HEAD");
    assertThat(answer.body()).isEqualTo("expected GET or HEAD\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/health/", "/health/live/x", "/Health"})
  void whoAsksForAnythingElseIsToldWhatThereIs(String path) throws Exception {
    var answer = get(path);

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body())
        .isEqualTo(
            """
            not found; the paths are
            /health/live (also /alive, /healthz)
            /health/ready (also /health, /ready)
            /metrics
            /api/v1 (see /api/v1/openapi.json)
            """);
  }

  @Test
  void aSmallBodyIsDroppedAndTheConnectionGoesOn() throws IOException {
    try (var socket = connect()) {
      var request = "GET /alive HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789";
      assertThat(said(socket, request)).startsWith("HTTP/1.1 200 ");
      assertThat(said(socket, request)).startsWith("HTTP/1.1 200 ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 11", "Transfer-Encoding: chunked"})
  void aBodyThatIsTooLargeOrMayBeIsRefusedBeforeItComes(String header) throws IOException {
    try (var socket = connect()) {
      assertThat(said(socket, "GET /alive HTTP/1.1\r\nHost: x\r\n" + header + "\r\n\r\n"))
          .startsWith("HTTP/1.1 413 ")
          .contains("Connection: close")
          .contains("expected no body, or one of 10 bytes at most");
      assertThat(isClosed(socket)).isTrue();
    }
  }

  @Test
  void longAddressesAndHeadersAreRefused() throws IOException {
    try (var socket = connect()) {
      var path = "/" + "a".repeat(100);
      assertThat(said(socket, "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"))
          .startsWith("HTTP/1.1 414 ");
    }
    try (var socket = connect()) {
      var header = "X-Long: " + "a".repeat(257);
      assertThat(said(socket, "GET /alive HTTP/1.1\r\nHost: x\r\n" + header + "\r\n\r\n"))
          .startsWith("HTTP/1.1 431 ");
    }
  }

  @Test
  void unknownMethodsAndVersionsAreRefused() throws IOException {
    try (var socket = connect()) {
      assertThat(said(socket, "FOO /alive HTTP/1.1\r\nHost: x\r\n\r\n"))
          .startsWith("HTTP/1.1 501 ");
    }
    try (var socket = connect()) {
      assertThat(said(socket, "GET /alive HTTP/1.7\r\nHost: x\r\n\r\n"))
          .startsWith("HTTP/1.1 505 ");
    }
  }

  @Test
  void whatIsNoHttpIsRefused() throws IOException {
    try (var socket = connect()) {
      assertThat(said(socket, "GET /alive HTTP/1.1\r\n: x\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    }
  }

  @Test
  void silentConnectionsKeepNobodyFromAnAnswer() throws IOException {
    try (var first = connect();
        var second = connect();
        var third = connect()) {
      assertThat(said(third, LIVE)).startsWith("HTTP/1.1 200 ");
      assertThat(isClosed(first)).isTrue();
      assertThat(said(second, LIVE)).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void aConnectionThatSendsItsHeaderLinesOneByOneIsClosed() throws Exception {
    bindWith(Duration.ofSeconds(60), Duration.ofMillis(300));
    try (var slow = connect()) {
      assertThat(said(slow, LIVE)).startsWith("HTTP/1.1 200 ");
      var out = slow.getOutputStream();
      out.write("GET /alive HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
      slow.setSoTimeout(100);
      var lines = 0;
      while (isOpenAfter(slow, "X-A: b\r\n")) {
        assertThat(lines++).isLessThan(100);
      }
    }
  }

  /** Whether the connection is still open some time after one more line. */
  private static boolean isOpenAfter(Socket socket, String line) {
    try {
      socket.getOutputStream().write(line.getBytes(StandardCharsets.US_ASCII));
      return socket.getInputStream().read() != -1;
    } catch (SocketTimeoutException e) {
      return true;
    } catch (IOException closed) {
      return false;
    }
  }

  @Test
  void aProbeByHttp10WithoutAHostIsAnswered() throws IOException {
    try (var socket = connect()) {
      assertThat(said(socket, "GET /health/live HTTP/1.0\r\n\r\n")).contains(" 200 ");
    }
    try (var socket = connect()) {
      assertThat(said(socket, "OPTIONS / HTTP/1.0\r\n\r\n")).contains(" 404 ");
    }
  }

  @Test
  void aCallOfGrpcIsToldWhichPortItMeant() {
    var channel =
        io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder.forAddress(server.address())
            .usePlaintext()
            .build();
    try {
      // More calls than a connection has streams at once: each must have come to its end.
      for (var call = 0; call < 300; call++) {
        assertThatThrownBy(
                () ->
                    io.reeve.v1.TaskServiceGrpc.newBlockingStub(channel)
                        .getTask(io.reeve.v1.GetTaskRequest.getDefaultInstance()))
            .hasMessageContaining("UNIMPLEMENTED")
            .hasMessageContaining("gRPC is on the port of reeve.grpc");
      }
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void anIdleConnectionIsClosed() throws IOException {
    bindWith(Duration.ofMillis(200), Duration.ofSeconds(30));
    try (var socket = connect()) {
      assertThat(said(socket, LIVE)).startsWith("HTTP/1.1 200 ");
      assertThat(isClosed(socket)).isTrue();
    }
  }

  @Test
  void aQuestionThatIsNotAnsweredInTimeIsAnsweredWithNotReady() throws Exception {
    readiness.workers = new CompletableFuture<>();

    assertThat(get("/health/ready").statusCode()).isEqualTo(503);
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void theEndClosesConnectionsThatAreIdleAtOnceAndTakesNoMore() throws Exception {
    try (var socket = connect()) {
      assertThat(said(socket, LIVE)).startsWith("HTTP/1.1 200 ");

      server.terminate(Duration.ofSeconds(60)).toCompletableFuture().get(5, TimeUnit.SECONDS);

      assertThat(isClosed(socket)).isTrue();
    }
    assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
  }

  // ---- Asking -----------------------------------------------------------------------------------

  private static final String LIVE = "GET /alive HTTP/1.1\r\nHost: x\r\n\r\n";

  private HttpResponse<String> get(String path) throws Exception {
    return send("GET", path);
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    var uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    var request =
        HttpRequest.newBuilder(uri)
            .method(method, BodyPublishers.noBody())
            .timeout(Duration.ofSeconds(10))
            .build();
    return client.send(request, BodyHandlers.ofString());
  }

  private Socket connect() throws IOException {
    var socket = new Socket();
    socket.setSoTimeout(5_000);
    socket.connect(server.address(), 1_000);
    return socket;
  }

  /** Waits for it, and reads nothing else before. */
  private static boolean isClosed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException reset) {
      return true;
    }
  }

  /** Sends a request and reads the answer, whose length is told by its header. */
  private static String said(Socket socket, String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    var in = socket.getInputStream();
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      var next = in.read();
      if (next < 0) {
        throw new IOException("the stream ended after " + head);
      }
      head.append((char) next);
    }
    var length = head.toString().replaceAll("(?s).*Content-Length: (\\d+)\r\n.*", "$1");
    return head + new String(in.readNBytes(Integer.parseInt(length)), StandardCharsets.UTF_8);
  }
}
