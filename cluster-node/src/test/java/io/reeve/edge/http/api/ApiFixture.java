package io.reeve.edge.http.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reeve.edge.NodeHealth;
import io.reeve.edge.PlayedReadiness;
import io.reeve.edge.bounds.Room;
import io.reeve.edge.grpc.EdgeFixture;
import io.reeve.edge.http.HttpServer;
import io.reeve.edge.http.HttpSettings;
import io.reeve.edge.http.Metrics;
import io.reeve.partition.Partition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.pekko.stream.SystemMaterializer;

/** The API of a node whose partitions a test plays, beside the gRPC server of the same node. */
final class ApiFixture implements AutoCloseable {

  static final ObjectMapper JSON = new ObjectMapper();

  final EdgeFixture edge;
  final Api api;
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  /** One whose services are there. */
  static ApiFixture start(String overrides) {
    var fixture = new ApiFixture(EdgeFixture.start(), overrides);
    fixture.api.open(fixture.edge.server.services());
    return fixture;
  }

  /**
   * @param overrides settings in HOCON
   */
  ApiFixture(EdgeFixture edge, String overrides) {
    this(edge, overrides, new Room(100_000_000, 8_000_000));
  }

  /**
   * @param room for the bytes in flight
   */
  ApiFixture(EdgeFixture edge, String overrides, Room room) {
    this.edge = edge;
    var settings = HttpSettings.from(EdgeFixture.config(overrides), 0);
    var system = edge.kit.system();
    this.api =
        new Api(
            settings.api(), Duration.ofSeconds(2), SystemMaterializer.get(system).materializer());
    this.server =
        HttpServer.bind(
                system,
                settings,
                0,
                new HttpServer.Backing(
                    new NodeHealth(new PlayedReadiness()),
                    new Metrics(),
                    api,
                    "1.2.3",
                    room,
                    System::nanoTime))
            .toCompletableFuture()
            .join();
  }

  int port() {
    return server.address().getPort();
  }

  <T extends Partition.Command> EdgeFixture.Asked<T> asked(Class<T> type) {
    return edge.asked(type);
  }

  /** An answer of the API. */
  record Answer(int status, HttpResponse<String> response) {

    String text() {
      return response.body();
    }

    JsonNode json() {
      try {
        return JSON.readTree(response.body());
      } catch (IOException e) {
        throw new UncheckedIOException(response.body(), e);
      }
    }

    String reason() {
      return json().path("reason").asText();
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }
  }

  Answer get(String path) {
    return send("GET", path, "", "");
  }

  Answer post(String path, String json) {
    return send("POST", path, "application/json", json);
  }

  /**
   * @param contentType empty: none
   */
  Answer send(String method, String path, String contentType, String body, String... headers) {
    try {
      return answer(
          client.send(request(method, path, contentType, body, headers), BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A call whose answer the test has yet to give. */
  CompletableFuture<Answer> sending(String method, String path, String body) {
    var type = body.isEmpty() ? "" : "application/json";
    return client
        .sendAsync(request(method, path, type, body), BodyHandlers.ofString())
        .thenApply(ApiFixture::answer);
  }

  /** The lines of a stream, as they come. */
  HttpResponse<Stream<String>> lines(String path) throws IOException, InterruptedException {
    return client.send(request("GET", path, "", ""), BodyHandlers.ofLines());
  }

  CompletableFuture<HttpResponse<Stream<String>>> streaming(String path) {
    return client.sendAsync(request("GET", path, "", ""), BodyHandlers.ofLines());
  }

  private static Answer answer(HttpResponse<String> response) {
    return new Answer(response.statusCode(), response);
  }

  private HttpRequest request(
      String method, String path, String contentType, String body, String... headers) {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/api/v1" + path))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .timeout(Duration.ofSeconds(10));
    if (!contentType.isEmpty()) {
      request.header("Content-Type", contentType);
    }
    for (var i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return request.build();
  }

  @Override
  public void close() {
    server.terminate(Duration.ofSeconds(1)).toCompletableFuture().join();
    edge.close();
  }
}
