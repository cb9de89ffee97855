package io.reeve.worker.builtin;

import static io.reeve.worker.builtin.BuiltinKinds.run;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.reeve.worker.Failed;
import io.reeve.worker.PermanentFailure;
import io.reeve.worker.Rejected;
import io.reeve.worker.RetryLater;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server = start();
  private final String base = "http://127.0.0.1:" + server.getAddress().getPort();
  private final String allowed = "http.allowed = [\"" + base + "/in/\"]";
  private final CountDownLatch gate = new CountDownLatch(1);

  private static HttpServer start() {
    try {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      return HttpServer.create(address, 0);
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    }
  }

  @BeforeEach
  void serve() {
    answer("/in/ok", 200, "fine");
    answer("/in/missing", 404, "");
    answer("/in/broken", 500, "");
    answer("/in/busy", 503, "", "Retry-After", "7");
    answer("/in/moved", 302, "", "Location", "/in/ok");
    answer("/in/away", 302, "", "Location", "/out");
    answer("/in/loop", 302, "", "Location", "/in/loop");
    answer("/out", 200, "secret");
    server.createContext(
        "/in/echo",
        exchange -> {
          var body = exchange.getRequestBody().readAllBytes();
          var said =
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestHeaders().getFirst("X-Say")
                  + " "
                  + new String(body, UTF_8);
          exchange.sendResponseHeaders(201, 0);
          try (var out = exchange.getResponseBody()) {
            out.write(said.getBytes(UTF_8));
          }
        });
    server.createContext(
        "/in/slow",
        exchange -> {
          try {
            gate.await();
          } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    gate.countDown();
    server.stop(0);
  }

  @Test
  void keepsStatusHeadersAndBody() throws Exception {
    var result = call("/in/ok", "");

    assertThat(result.get("status").asInt()).isEqualTo(200);
    assertThat(result.get("body").asText()).isEqualTo("fine");
    assertThat(result.get("headers").get("content-length").asText()).isEqualTo("4");
    assertThat(result.get("truncated").asBoolean()).isFalse();
  }

  @Test
  void sendsMethodHeadersAndBody() throws Exception {
    var result =
        call("/in/echo", ",\"method\":\"POST\",\"headers\":{\"X-Say\":\"hi\"},\"body\":\"b\"");

    assertThat(result.get("body").asText()).isEqualTo("POST hi b");
  }

  @Test
  void cutsWhatIsOverTheBound() throws Exception {
    var result =
        JSON.readTree(
            (byte[])
                run(
                    "http",
                    allowed + ", http.response-max = 2",
                    "{\"url\":\"" + base + "/in/ok\"}"));

    assertThat(result.get("body").asText()).isEqualTo("fi");
    assertThat(result.get("truncated").asBoolean()).isTrue();
  }

  @Test
  void errorsOfTheServerMayBeTriedAgainThoseOfTheCallerMayNot() {
    assertThatThrownBy(() -> call("/in/broken", ""))
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.code()).isEqualTo("http-500"));
    assertThatThrownBy(() -> call("/in/missing", ""))
        .isInstanceOfSatisfying(
            PermanentFailure.class, failed -> assertThat(failed.code()).isEqualTo("http-404"));
  }

  @Test
  void retryAfterIsHonoured() {
    assertThatThrownBy(() -> call("/in/busy", ""))
        .isInstanceOfSatisfying(
            RetryLater.class, later -> assertThat(later.delay()).isEqualTo(Duration.ofSeconds(7)));
    assertThat(RetryAfter.parse("Fri, 20 Nov 2026 20:00:10 GMT", 1_795_204_800_000L))
        .isEqualTo(Duration.ofSeconds(10));
    assertThat(RetryAfter.parse("999999999", 0)).isEqualTo(Duration.ofDays(1));
    assertThat(RetryAfter.parse("tomorrow", 0)).isNull();
  }

  @Test
  void redirectsStayInsideTheAllowList() throws Exception {
    assertThat(call("/in/moved", "").get("body").asText()).isEqualTo("fine");
    assertThatThrownBy(() -> call("/in/away", "")).isInstanceOf(Rejected.class);
    assertThatThrownBy(() -> call("/in/loop", ""))
        .isInstanceOf(PermanentFailure.class)
        .hasMessage("more than 5 redirects");
  }

  @Test
  void aCallThatTakesTooLongFails() {
    assertThatThrownBy(() -> call("/in/slow", ",\"timeout\":\"100ms\""))
        .isInstanceOfSatisfying(
            Failed.class, failed -> assertThat(failed.code()).isEqualTo("timeout"));
  }

  @Test
  void nothingIsAllowedUnlessTheSettingsAllowIt() {
    assertThatThrownBy(() -> call("/out", "")).isInstanceOf(Rejected.class);
    assertThatThrownBy(() -> run("http", "", "{\"url\":\"" + base + "/in/ok\"}"))
        .isInstanceOf(Rejected.class);
    assertThatThrownBy(() -> run("http", allowed, "{}")).isInstanceOf(Rejected.class);
  }

  @ParameterizedTest
  @CsvSource({
    "https://a.example/in, true",
    "https://A.EXAMPLE/in/x?y=1, true",
    "https://a.example:443/in/x, true",
    "https://a.example/inner, false",
    "https://a.example/in/../out, false",
    "https://a.example/in/%2e%2e/out, false",
    "https://a.example/in/%2E./out, false",
    "http://a.example/in, false",
    "https://a.example:8443/in, false",
    "https://a.example.evil/in, false",
    "https://a.example@evil/in, false",
    "https://evil/https://a.example/in, false",
    "ftp://b.example/x, false",
    "http://b.example:81/anything, true",
    "file:///etc/passwd, false",
    "/in, false",
  })
  void theAllowListComparesPartByPart(String url, boolean expected) {
    var list = UrlAllowList.of("allowed", List.of("https://a.example/in", "b.example"));

    assertThat(list.allows(URI.create(url))).isEqualTo(expected);
  }

  @Test
  void anEntryThatCannotMeanAnythingIsRefused() {
    for (var entry : List.of("ftp://a", "https://a/?q=1", "https://u@a/", "a/b", "")) {
      assertThatThrownBy(() -> UrlAllowList.of("allowed", List.of(entry)))
          .hasMessageStartingWith("allowed: expected prefixes of URLs");
    }
  }

  @Test
  void clearTextOffersNoUpgrade() throws Exception {
    server.createContext(
        "/in/strict",
        exchange -> {
          // Like servers that drop the body of a request that offers an upgrade.
          var upgrade = exchange.getRequestHeaders().containsKey("Upgrade");
          var body = exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(upgrade ? 422 : 200, body.length);
          try (var out = exchange.getResponseBody()) {
            out.write(body);
          }
        });

    var result = call("/in/strict", ",\"method\":\"POST\",\"body\":\"kept\"");

    assertThat(result.get("body").asText()).isEqualTo("kept");
  }

  @Test
  void base64KeepsEveryByteOfTheBody() throws Exception {
    var bytes = new byte[] {(byte) 0xFF, 0, (byte) 0x80};
    server.createContext("/in/binary", exchange -> say(exchange, bytes));

    var result = call("/in/binary", ",\"encoding\":\"base64\"");

    assertThat(result.get("body").binaryValue()).isEqualTo(bytes);
  }

  @Test
  void aBodyIsCutUntilTheResultFits() throws Exception {
    server.createContext("/in/zeros", exchange -> say(exchange, new byte[65536]));

    var payload = "{\"url\":\"" + base + "/in/zeros\"}";
    var bytes = (byte[]) run("http", allowed, payload);

    assertThat(bytes.length).isBetween(BuiltinKinds.RESULT_MAX - 6, BuiltinKinds.RESULT_MAX);
    assertThat(JSON.readTree(bytes).get("truncated").asBoolean()).isTrue();
  }

  @Test
  void anAddressBeyondAsciiArrivesAsUtf8() throws Exception {
    server.createContext(
        "/in/größe",
        exchange -> say(exchange, exchange.getRequestURI().getRawPath().getBytes(UTF_8)));

    assertThat(call("/in/größe", "").get("body").asText()).isEqualTo("/in/gr%C3%B6%C3%9Fe");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"X-Name":"größe"}    | the value of the header X-Name in printable ASCII
          {"X-Name":"日本"}      | the value of the header X-Name in printable ASCII
          {"X-Name":"a\\nb"}     | the value of the header X-Name in printable ASCII
          {"X-Name":null}       | null as the value of the header X-Name
          {"größe":"x"}         | a name of a header with a character that names cannot have
          {"Host":"x"}          | got Host, which the worker sets itself
          {"X-Name":["x"]}      | another type of value in the field "headers"
          """)
  void aHeaderThatCannotBeSentAsItIsIsRejected(String headers, String message) {
    assertThatThrownBy(() -> call("/in/ok", ",\"headers\":" + headers))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining(message);
  }

  @Test
  void aHostThatJavaCannotCallIsRefusedAtTheStartAndInATask() {
    for (var entry : List.of("my_service", "http://my_service/", "http://my_service:80/in")) {
      assertThatThrownBy(() -> UrlAllowList.of("allowed", List.of(entry)))
          .hasMessageStartingWith("allowed: expected hosts of ASCII letters")
          .hasMessageEndingWith("got " + entry);
    }
    assertThatThrownBy(() -> run("http", allowed, "{\"url\":\"http://my_service/\"}"))
        .isInstanceOfSatisfying(
            Rejected.class, rejected -> assertThat(rejected.code()).isEqualTo("HOST_UNUSABLE"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "{}", "{\"url\":null}", "{\"url\":[]}", "http://x/"})
  void anOrderThatCannotBeReadIsRejectedWithAnExample(String payload) {
    assertThatThrownBy(() -> run("http", allowed, payload))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining("expected a payload such as {\"url\": ")
        .hasMessageContaining("; got ");
  }

  @Test
  void aTimeoutOfZeroMeansTheDefault() throws Exception {
    assertThat(call("/in/ok", ",\"timeout\":0").get("body").asText()).isEqualTo("fine");
  }

  private static void say(HttpExchange exchange, byte[] body) throws IOException {
    exchange.sendResponseHeaders(200, body.length);
    try (var out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private JsonNode call(String path, String more) throws Exception {
    return JSON.readTree(
        (byte[]) run("http", allowed, "{\"url\":\"" + base + path + "\"" + more + "}"));
  }

  private void answer(String path, int status, String body, String... header) {
    server.createContext(
        path,
        exchange -> {
          if (header.length == 2) {
            exchange.getResponseHeaders().add(header[0], header[1]);
          }
          var bytes = body.getBytes(UTF_8);
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          try (var out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        });
  }
}
