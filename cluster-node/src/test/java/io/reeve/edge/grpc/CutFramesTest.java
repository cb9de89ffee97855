package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import scala.jdk.javaapi.CollectionConverters;

/** A caller ends its side of a call within a message: its own fault, and answered with a status. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CutFramesTest {

  private static final String INVALID_ARGUMENT = "3";

  /** GetTaskRequest{task_id: "0-1"} behind its head. */
  private static final byte[] WHOLE = {0, 0, 0, 0, 5, 10, 3, '0', '-', '1'};

  private final EdgeFixture edge = EdgeFixture.start();

  @AfterAll
  void stop() {
    edge.close();
  }

  @ParameterizedTest
  @CsvSource({
    "TaskService/GetTask, 1", // within the head
    "TaskService/GetTask, 5", // behind it
    "TaskService/GetTask, 9", // within the message
    "TaskService/WatchTask, 7",
    "WorkerService/Connect, 3",
    "WorkerService/Connect, 7"
  })
  void aFrameThatEndsWithItsStreamIsTheCallersFault(String method, int bytes) throws Exception {
    var trailers = call(method, Arrays.copyOf(WHOLE, bytes));

    assertThat(trailers).contains("grpc-status: " + INVALID_ARGUMENT);
    assertThat(trailers)
        .anyMatch(line -> line.startsWith("grpc-message: expected a whole message"));
    edge.partitions.expectNoMessage(java.time.Duration.ZERO);
  }

  @Test
  void aCallWithoutAMessageIsTheCallersFault() throws Exception {
    assertThat(call("TaskService/GetTask", new byte[0]))
        .anyMatch(line -> line.startsWith("grpc-status: "))
        .doesNotContain("grpc-status: 0", "grpc-status: 13");
  }

  /** Sends these bytes and the end of the stream; gives the names and values behind the answer. */
  private List<String> call(String method, byte[] bytes) throws Exception {
    var system = edge.kit.system();
    var connection =
        Http.get(system)
            .connectionTo("127.0.0.1")
            .toPort(edge.server.address().getPort())
            .http2WithPriorKnowledge();
    var request =
        HttpRequest.POST("http://127.0.0.1/reeve.v1." + method)
            .withEntity(HttpEntities.create(ContentTypes.parse("application/grpc+proto"), bytes));
    return Source.single(request)
        .concatMat(Source.<HttpRequest>maybe(), Keep.right())
        .via(connection)
        .mapAsync(1, this::trailers)
        .runWith(Sink.head(), system)
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  /** The status stands behind the body, or beside the head where there is no body. */
  private CompletionStage<List<String>> trailers(HttpResponse response) {
    var lines = new ArrayList<String>();
    response.getHeaders().forEach(header -> lines.add(line(header)));
    response
        .getAttribute(AttributeKeys.trailer)
        .map(trailer -> (org.apache.pekko.http.scaladsl.model.Trailer) trailer)
        .ifPresent(
            trailer ->
                CollectionConverters.asJava(trailer.headers())
                    .forEach(header -> lines.add(header._1() + ": " + header._2())));
    if (!(response.entity() instanceof HttpEntity.Chunked chunked)) {
      return CompletableFuture.completedFuture(lines);
    }
    return chunked
        .getChunks()
        .runWith(Sink.seq(), edge.kit.system())
        .thenApply(
            parts -> {
              for (var part : parts) {
                part.getTrailerHeaders().forEach(header -> lines.add(line(header)));
              }
              return lines;
            });
  }

  private static String line(HttpHeader header) {
    return header.name() + ": " + header.value();
  }
}
