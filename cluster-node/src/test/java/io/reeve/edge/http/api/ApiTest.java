package io.reeve.edge.http.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.StatusRuntimeException;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskState;
import io.reeve.edge.calls.Reason;
import io.reeve.edge.grpc.EdgeFixture;
import io.reeve.edge.grpc.Tasks;
import io.reeve.partition.Clients;
import io.reeve.v1.CancelTaskRequest;
import io.reeve.v1.SubmitTaskRequest;
import io.reeve.v1.TaskServiceGrpc;
import io.reeve.v1.TaskSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The API as programs meet it, beside gRPC on the same services. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiTest {

  private static final String ECHO = "{\"requestId\":\"r-1\",\"task\":{\"kind\":\"echo\"}}";

  private ApiFixture api = ApiFixture.start("reeve.http.api.body-size-max = 64 KiB");
  private TaskServiceGrpc.TaskServiceBlockingStub grpc =
      TaskServiceGrpc.newBlockingStub(api.edge.channel());

  @BeforeAll
  void deadline() {
    grpc = grpc.withDeadlineAfter(120, TimeUnit.SECONDS);
  }

  @AfterAll
  void stop() {
    api.close();
  }

  // ---- Submitting -------------------------------------------------------------------------------

  @Test
  void aTaskByHttpIsTheTaskByGrpc() {
    var json =
        """
        {"requestId":"invoice-7","task":{"kind":"mail","payload":"aGVsbG8=","queue":"q",
        "lane":"LANE_URGENT","priority":"PRIORITY_HIGH","delay":"1.500s","queueTimeout":"60s",
        "retry":{"attemptsMax":3,"backoffJitter":0},"labels":{"b":"2","a":"1"}}}""";
    var spec =
        TaskSpec.newBuilder()
            .setKind("mail")
            .setPayload(com.google.protobuf.ByteString.copyFromUtf8("hello"))
            .setQueue("q")
            .setLaneValue(2)
            .setPriorityValue(3)
            .setDelay(com.google.protobuf.Duration.newBuilder().setSeconds(1).setNanos(500_000_000))
            .setQueueTimeout(com.google.protobuf.Duration.newBuilder().setSeconds(60))
            .putLabels("a", "1")
            .putLabels("b", "2");
    spec.getRetryBuilder().setAttemptsMax(3).setBackoffJitter(0);

    var byHttp = api.sending("POST", "/tasks", json);
    var http = submitted(3, 9);
    var byGrpc =
        api.edge.calling(
            () ->
                grpc.submitTask(
                    SubmitTaskRequest.newBuilder()
                        .setRequestId("invoice-7")
                        .setTask(spec)
                        .build()));
    var same = submitted(3, 9);

    assertThat(byHttp.join().status()).isEqualTo(200);
    assertThat(byHttp.join().header("Content-Type")).isEqualTo("application/json");
    assertThat(byHttp.join().text())
        .isEqualTo("{\"taskId\":\"3-9\",\"submittedAt\":\"1970-01-01T00:00:01Z\"}\n");
    assertThat(byGrpc.join().getTaskId()).isEqualTo("3-9");
    assertThat(http.command().requestId()).isEqualTo(same.command().requestId());
    assertThat(http.command().bodyHash()).isEqualTo(same.command().bodyHash());
    assertThat(http.command().tasks().get(0).profile())
        .isEqualTo(same.command().tasks().get(0).profile());
  }

  private EdgeFixture.Asked<Clients.Submit> submitted(int partition, long sequence) {
    var asked = api.asked(Clients.Submit.class);
    asked.command().replyTo().tell(new Clients.Submitted(partition, sequence, 1, 1000, false));
    return asked;
  }

  @Test
  void manyTasksAreSubmittedAtOnce() {
    var answer =
        api.sending("POST", "/tasks/batch", "{\"tasks\":[{\"kind\":\"a\"},{\"kind\":\"b\"}]}");
    var asked = api.asked(Clients.Submit.class);
    asked.command().replyTo().tell(new Clients.Submitted(1, 5, 2, 1000, true));

    assertThat(asked.command().tasks()).hasSize(2);
    assertThat(answer.join().json().path("taskIds").toString()).isEqualTo("[\"1-5\",\"1-6\"]");
    assertThat(answer.join().json().path("alreadySubmitted").asBoolean()).isTrue();
  }

  // ---- Reading ----------------------------------------------------------------------------------

  @Test
  void aListIsFilteredByTheQuery() {
    var answer =
        api.sending(
            "GET",
            "/tasks?states=TASK_STATE_READY&states=TASK_STATE_DEAD&queue=a%2Fb&omitBytes=true&pageSize=1",
            "");
    var asked = api.asked(Clients.ListTasks.class);
    asked.command().replyTo().tell(new Clients.Listed(List.of(Tasks.ready(new TaskId(0, 4))), 4));

    assertThat(asked.command().states()).isEqualTo(Set.of(TaskState.READY, TaskState.DEAD));
    assertThat(asked.command().queue()).isEqualTo("a/b");
    assertThat(asked.command().omitBytes()).isTrue();
    assertThat(asked.command().pageSize()).isEqualTo(1);
    var page = answer.join().json();
    assertThat(page.path("tasks").path(0).path("id").asText()).isEqualTo("0-4");
    assertThat(page.path("tasks").path(0).path("spec").path("kind").asText()).isEqualTo("echo");
    assertThat(page.path("nextPageToken").asText()).isNotEmpty();
  }

  @Test
  void fieldsOfAFilterStandInTheQueryToo() {
    var answer = api.sending("GET", "/dead-letters?kind=echo&diedFrom=1970-01-01T00:00:02Z", "");
    for (var partition = 0; partition < 4; partition++) {
      var asked = api.asked(Clients.ListDead.class);
      assertThat(asked.command().filter().kind()).isEqualTo("echo");
      assertThat(asked.command().filter().diedFromMs()).isEqualTo(2000);
      asked.command().replyTo().tell(new Clients.Listed(List.of(), -1));
    }

    assertThat(answer.join().text()).isEqualTo("{}\n");
  }

  @Test
  void aResultComesAsItIs() {
    var answer = api.sending("GET", "/tasks/3-9/result", "");
    found(Tasks.completed(new TaskId(3, 9), "<b>\u00fc</b>".getBytes(StandardCharsets.UTF_8)));

    assertThat(answer.join().text()).isEqualTo("<b>\u00fc</b>");
    assertThat(answer.join().header("Content-Type")).isEqualTo("application/octet-stream");
    assertThat(answer.join().header("X-Content-Type-Options")).isEqualTo("nosniff");
  }

  @Test
  void aTaskWithoutAResultHasNone() {
    var answer = api.sending("GET", "/tasks/3-9/result", "");
    found(Tasks.ready(new TaskId(3, 9)));

    assertThat(answer.join().status()).isEqualTo(409);
    assertThat(answer.join().reason()).isEqualTo("WRONG_STATE");
  }

  @Test
  void aLargeAnswerComesWhole() {
    var answer = api.sending("GET", "/tasks/3-9/result", "");
    var result = "x".repeat(500_000);
    found(Tasks.completed(new TaskId(3, 9), result.getBytes(StandardCharsets.UTF_8)));

    assertThat(answer.join().text()).isEqualTo(result);
  }

  @Test
  void headIsGetWithoutTheBody() {
    var small = api.sending("HEAD", "/tasks/3-9", "");
    found(Tasks.ready(new TaskId(3, 9)));
    var large = api.sending("HEAD", "/tasks/3-9/result", "");
    found(Tasks.completed(new TaskId(3, 9), new byte[100_000]));

    assertThat(small.join().status()).isEqualTo(200);
    assertThat(small.join().text()).isEmpty();
    assertThat(large.join().status()).isEqualTo(200);
    assertThat(large.join().text()).isEmpty();
  }

  private void found(io.reeve.partition.TaskView task) {
    api.asked(Clients.Get.class).command().replyTo().tell(new Clients.Found(task));
  }

  @Test
  void anAnswerIsNoPage() {
    var answer = api.get("/nodes");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(answer.header("Content-Security-Policy")).startsWith("default-src 'none'");
    assertThat(answer.header("Access-Control-Allow-Origin")).isEmpty();
  }

  // ---- Refusals ---------------------------------------------------------------------------------

  /** Also that the status is the one of docs/errors.md, which ReasonTest compares with the code. */
  @ParameterizedTest
  @EnumSource(Rejection.Code.class)
  void aRefusalOfTheRulesHasTheReasonThatItHasByGrpc(Rejection.Code code) {
    var refused = new Clients.Refused(new Rejection(code, "expected X, got Y"));
    var byHttp = api.sending("POST", "/tasks/1-5/cancel", "{\"reason\":\"why\"}");
    api.asked(Clients.Cancel.class).command().replyTo().tell(refused);
    var byGrpc =
        api.edge.calling(
            () ->
                catchThrowableOfType(
                    StatusRuntimeException.class,
                    () ->
                        grpc.cancelTask(CancelTaskRequest.newBuilder().setTaskId("1-5").build())));
    api.asked(Clients.Cancel.class).command().replyTo().tell(refused);

    var answer = byHttp.join();
    var reason = Reason.of(code);
    assertThat(answer.reason()).isEqualTo(EdgeFixture.errorInfo(byGrpc.join()).getReason());
    assertThat(answer.json().path("detail").asText())
        .isEqualTo(byGrpc.join().getStatus().getDescription());
    assertThat(answer.status()).isEqualTo(HttpStatuses.of(reason));
    assertThat(answer.json().path("status").asInt()).isEqualTo(answer.status());
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.json().path("retryAfterMs").asLong())
        .isEqualTo(reason.retryAfter().toMillis());
    assertThat(answer.header("Retry-After").isEmpty()).isEqualTo(reason.retryAfter().isZero());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/tasks | {\"task\":{}} | task.kind",
        "/tasks | {\"task\":{\"kind\":\"a b\"}} | task.kind",
        "/tasks | {\"task\":{\"kind\":\"a\",\"delay\":\"-1s\"}} | task.delay",
        "/tasks | {\"task\":{\"kind\":\"a\",\"lane\":9}} | task.lane",
        "/tasks | {\"task\":{\"kind\":\"a\",\"retry\":{\"attemptsMax\":1001}}} | task.retry.attempts_max",
        "/tasks/batch | {\"tasks\":[{\"kind\":\"a\"},{}]} | tasks[1].kind",
        "/tasks/x/cancel | {} | task_id",
        "/dead-letters/redrive | {\"pageSize\":501} | page_size",
        "/schedules/preview | {} | name",
      })
  void aWrongFieldIsNamedAsByGrpc(String path, String body, String field) {
    var answer = api.post(path, body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.reason()).isEqualTo("INVALID_REQUEST");
    assertThat(answer.json().path("field").asText()).isEqualTo(field);
    assertThat(answer.json().path("detail").asText()).startsWith(field + ": expected ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | ''",
        "{} {} | ''",
        "{\"task\":{} | ''",
        "{\"task\":{}}} | ''",
        "{task:{}} | ''",
        "{/* no */\"task\":{}} | ''",
        "{\"task\":{},\"task\":{}} | ''",
        "{\"tusk\":{}} | tusk",
        "{\"task\":{\"knid\":\"a\"}} | task.knid",
        "{\"task\":{\"kind\":7.5,\"payload\":\"%\"}} | task.payload",
        "{\"task\":{\"kind\":\"a\",\"lane\":\"FAST\"}} | task.lane",
        "{\"task\":{\"kind\":\"a\",\"delay\":\"soon\"}} | task.delay",
        "{\"task\":{\"kind\":\"a\",\"notBefore\":\"2026\"}} | task.notBefore",
        "{\"task\":{\"kind\":\"a\",\"retry\":{\"attemptsMax\":\"x\"}}} | task.retry.attemptsMax",
        "{\"task\":{\"kind\":\"a\",\"retry\":{\"attemptsMax\":1e99}}} | task.retry.attemptsMax",
        "{\"task\":{\"kind\":\"a\",\"labels\":{\"a\":{}}}} | task.labels",
        "{\"task\":{\"kind\":\"a\",\"delay\":\"1s\",\"notBefore\":\"2026-11-20T12:00:00Z\"}} | task",
      })
  void whatIsNoRequestIsRefusedByName(String body, String field) {
    var answer = api.post("/tasks", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.reason()).isEqualTo("MALFORMED_MESSAGE");
    assertThat(answer.json().path("field").asText()).isEqualTo(field);
    assertThat(answer.text()).doesNotContain("java.", "google.gson", "Exception");
  }

  @Test
  void aNumberOfManyDigitsTakesNoTime() {
    var digits = "1".repeat(50_000);
    var body = "{\"task\":{\"kind\":\"a\",\"retry\":{\"attemptsMax\":\"" + digits + "\"}}}";

    assertThat(api.post("/tasks", body).json().path("field").asText()).isEqualTo("attemptsMax");
    assertThat(api.post("/tasks", body.replace("\"" + digits + "\"", digits)).status())
        .isEqualTo(400);
  }

  @Test
  void aDeepBodyIsRefused() {
    var answer = api.post("/tasks", "{\"a\":".repeat(1000) + "1" + "}".repeat(1000));

    assertThat(answer.reason()).isEqualTo("MALFORMED_MESSAGE");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/tasks?pageSize=x | MALFORMED_MESSAGE | pageSize",
        "/tasks?states=READY | MALFORMED_MESSAGE | states",
        "/tasks?pageSize=1&pageSize=2 | INVALID_REQUEST | pageSize",
        "/tasks?pageSize=1001 | INVALID_REQUEST | page_size",
        "/tasks?foo=1 | INVALID_REQUEST | query",
        "/nodes?foo=1 | INVALID_REQUEST | query",
        "/tasks?pageToken=garbage | INVALID_REQUEST | page_token",
        "/demand?kinds=a%20b | INVALID_REQUEST | kinds[0]",
      })
  void aWrongParameterIsRefusedByName(String path, String reason, String field) {
    var answer = api.get(path);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.reason()).isEqualTo(reason);
    assertThat(answer.json().path("field").asText()).isEqualTo(field);
  }

  @Test
  void aFieldOfThePathStandsThereAlone() {
    var answer = api.post("/tasks/1-5/cancel", "{\"taskId\":\"1-6\"}");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().path("field").asText()).isEqualTo("taskId");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/", "/tusks", "/tasks/", "/tasks/1-5/x", "/tasks/1-5/result/x", "/v1", "/.."})
  void whoAsksForAnythingElseIsToldWhatThereIs(String path) {
    var answer = api.get(path);

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.reason()).isEqualTo("UNKNOWN_METHOD");
    assertThat(answer.json().path("detail").asText()).contains("/api/v1/openapi.json");
  }

  @ParameterizedTest
  @CsvSource({
    "DELETE, /tasks, 'POST, GET, HEAD'",
    "POST, /tasks/1-5, 'GET, HEAD'",
    "GET, /tasks/1-5/cancel, POST",
    "HEAD, /tasks/1-5/watch, GET",
    "PATCH, /schedules/a, 'PUT, GET, HEAD, DELETE'",
    "OPTIONS, /openapi.json, 'GET, HEAD'"
  })
  void anotherMethodIsToldThoseThatThereAre(String method, String path, String allow) {
    var answer = api.send(method, path, "", "");

    assertThat(answer.status()).isEqualTo(405);
    assertThat(Set.of(answer.header("Allow").split(", "))).isEqualTo(Set.of(allow.split(", ")));
    if (!method.equals("HEAD")) {
      assertThat(answer.reason()).isEqualTo("METHOD_REFUSED");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "text/plain", "application/x-www-form-urlencoded", "application/xml"})
  void aBodyIsJson(String type) {
    var answer = api.send("POST", "/tasks", type, ECHO);

    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.reason()).isEqualTo("MEDIA_TYPE_REFUSED");
  }

  @Test
  void aCompressedBodyIsRefused() {
    var answer = api.send("POST", "/tasks", "application/json", ECHO, "Content-Encoding", "gzip");

    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.reason()).isEqualTo("COMPRESSION_REFUSED");
  }

  @Test
  void aReadHasNoBody() {
    assertThat(api.send("GET", "/nodes", "application/json", "{}").status()).isEqualTo(400);
  }

  @Test
  void aLargeBodyIsRefusedBeforeItComes() throws IOException {
    var head =
        "POST /api/v1/tasks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

    assertThat(said(head + "Content-Length: 65537\r\n\r\n{"))
        .startsWith("HTTP/1.1 413 ")
        .contains("Connection: close")
        .contains("MESSAGE_TOO_LARGE");
    var chunk = "8000\r\n" + "x".repeat(0x8000) + "\r\n";
    assertThat(said(head + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk + chunk))
        .startsWith("HTTP/1.1 413 ");
  }

  // ---- Where a call comes from ------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({
    "localhost, 200",
    "localhost:7461, 200",
    "127.0.0.1:7461, 200",
    "[::1]:7461, 200",
    "evil.example, 403",
    "localhost.evil.example, 403",
    "10.0.0.1, 403",
  })
  void aNameThatIsNotOursIsRefused(String host, int status) throws IOException {
    assertThat(said("GET /api/v1/nodes HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))
        .startsWith("HTTP/1.1 " + status + " ");
  }

  @ParameterizedTest
  @CsvSource({
    "Sec-Fetch-Site, cross-site",
    "Sec-Fetch-Site, same-site",
    "Origin, http://evil.example",
    "Origin, null",
    "Origin, http://127.0.0.1:1"
  })
  void aPageOfAnotherSiteChangesNothing(String header, String value) {
    var answer = api.send("POST", "/tasks/1-5/cancel", "", "", header, value);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.reason()).isEqualTo("ORIGIN_REFUSED");
  }

  @Test
  void aPageOfThisNodeMay() {
    var answer =
        api.send(
            "POST",
            "/tasks/x/cancel",
            "",
            "",
            "Origin",
            "http://127.0.0.1:" + api.port(),
            "Sec-Fetch-Site",
            "same-origin");

    assertThat(answer.reason()).isEqualTo("INVALID_REQUEST");
  }

  /** What a socket of its own is told; the client of the JDK sets some headers itself. */
  private String said(String request) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), api.port())) {
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      var answer = new StringBuilder();
      var part = new byte[8192];
      // One read has the head and, since it is small, the body of the answer.
      while (!answer.toString().contains("\r\n\r\n")) {
        var bytes = socket.getInputStream().read(part);
        assertThat(bytes).as(answer.toString()).isPositive();
        answer.append(new String(part, 0, bytes, StandardCharsets.UTF_8));
      }
      return answer.toString();
    }
  }
}
