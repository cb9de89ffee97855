package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.Status;
import io.reeve.client.fake.FakeReeve;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each command prints, for people and for programs, and with which code it ends. */
@Timeout(60)
class ReeveCommandTest {

  private final FakeReeve server = FakeReeve.start(CommandLineRun.NOON);
  private final CommandLineRun cli = new CommandLineRun();
  private @Nullable FakeReeve restarted;

  @AfterEach
  void stop() {
    server.close();
    if (restarted != null) {
      restarted.close();
    }
  }

  private int reeve(String... arguments) {
    return cli.run(withEndpoint(arguments));
  }

  private String[] withEndpoint(String... arguments) {
    return Stream.concat(
            Stream.of(arguments[0], "--endpoint", server.endpoint()), Stream.of(arguments).skip(1))
        .toArray(String[]::new);
  }

  /** Puts a task there by another command line, so that its output does not mix in. */
  private void given(String... arguments) {
    var other = new CommandLineRun();
    assertThat(other.run(withEndpoint(arguments))).as(other.err()).isZero();
  }

  @Nested
  class Submit {

    @Test
    void saysTheIdToPeople() {
      assertThat(reeve("submit", "echo", "hello")).isZero();

      assertThat(cli.out()).isEqualTo("submitted t-1\n");
      assertThat(cli.err()).isEmpty();
    }

    @Test
    void givesProgramsOneJsonDocument() {
      assertThat(reeve("submit", "echo", "hello", "--request-id", "order-7", "-o", "json"))
          .isZero();

      assertThat(cli.out())
          .isEqualTo(
              "{\"taskId\":\"t-1\",\"submittedAt\":\"2026-11-20T12:00:00Z\","
                  + "\"alreadySubmitted\":false,\"requestId\":\"order-7\"}\n");
    }

    @Test
    void theSameRequestIdAgainSaysSo() {
      given("submit", "echo", "--request-id", "order-7");

      reeve("submit", "echo", "--request-id", "order-7");

      assertThat(cli.out()).isEqualTo("already submitted t-1\n");
    }

    @Test
    void handsOverWhatTheOptionsSay() {
      reeve(
          "submit",
          "email",
          "--payload-file",
          "-",
          "-q",
          "mail",
          "--urgent",
          "--priority",
          "high",
          "--delay",
          "1h30m",
          "--execution-timeout",
          "20s",
          "--attempts",
          "3",
          "--backoff",
          "1s",
          "--label",
          "team=growth",
          "--name",
          "welcome",
          "--tenant",
          "acme");

      var spec = server.task("t-1").getSpec();
      assertThat(spec.getQueue()).isEqualTo("mail");
      assertThat(spec.getLane().name()).isEqualTo("LANE_URGENT");
      assertThat(spec.getPriority().name()).isEqualTo("PRIORITY_HIGH");
      assertThat(spec.getDelay().getSeconds()).isEqualTo(5400);
      assertThat(spec.getExecutionTimeout().getSeconds()).isEqualTo(20);
      assertThat(spec.getRetry().getAttemptsMax()).isEqualTo(3);
      assertThat(spec.getLabelsMap()).isEqualTo(Map.of("team", "growth"));
      assertThat(spec.getTenant()).isEqualTo("acme");
    }

    @Test
    void readsThePayloadFromStandardInputOrAFile(@TempDir Path directory) throws IOException {
      cli.input("from stdin");
      reeve("submit", "echo", "-");
      var file = Files.writeString(directory.resolve("payload"), "from a file");
      reeve("submit", "echo", "--payload-file", file.toString());

      assertThat(server.task("t-1").getSpec().getPayload().toStringUtf8()).isEqualTo("from stdin");
      assertThat(server.task("t-2").getSpec().getPayload().toStringUtf8()).isEqualTo("from a file");
    }

    @Test
    void manyAreCountedWithTheirRate() {
      assertThat(reeve("submit", "echo", "--count", "1200")).isZero();

      assertThat(server.tasks().count()).isEqualTo(1200);
      assertThat(cli.out()).isEqualTo("submitted 1200 tasks in 500 ms (2,400 per second)\n");
    }

    @Test
    void waitingPrintsTheResultAlone() throws InterruptedException {
      var completes = new Thread(() -> completeWhenThere("t-1"));
      completes.start();

      assertThat(reeve("submit", "echo", "hello", "--wait")).isZero();
      completes.join();

      assertThat(cli.out()).isEqualTo("the result\n");
      assertThat(cli.err()).isEqualTo("submitted t-1, waiting for its end\n");
    }

    @Test
    void waitingForManySaysHowTheyEndedAndFailsUnlessAllCompleted() throws InterruptedException {
      var completes =
          new Thread(
              () -> {
                completeWhenThere("t-1");
                server.complete("t-2", "");
                server.die("t-3", "no");
              });
      completes.start();

      assertThat(reeve("submit", "echo", "--count", "3", "--wait")).isEqualTo(1);
      completes.join();

      assertThat(cli.out()).isEqualTo("2 completed, 1 dead of 3 in 1.0 s (3 per second)\n");
    }

    private void completeWhenThere(String id) {
      while (server.tasks().all().stream().noneMatch(task -> task.getId().equals(id))) {
        java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
      }
      server.complete(id, "the result");
    }
  }

  @Nested
  class Get {

    @Test
    void showsPeopleWhatIsKnown() {
      given(
          "submit",
          "email",
          "{\"to\":\"ada\"}",
          "-q",
          "mail",
          "-l",
          "team=growth",
          "--name",
          "welcome");
      server.lease("t-1", "worker-1");
      server.die("t-1", "no such mailbox\u001b[31m");

      assertThat(reeve("get", "t-1")).isZero();

      assertThat(cli.out())
          .isEqualTo(
              """
              t-1  dead
                kind       email
                name       welcome
                queue      mail
                lane       normal, priority normal
                labels     team=growth
                attempt    1 by worker-1
                submitted  2026-11-20 12:00:00Z
                due        2026-11-20 12:00:00Z
                leased     2026-11-20 12:00:00Z
                finished   2026-11-20 12:00:00Z
                failure    error: no such mailbox\\u001b[31m
                payload    {"to":"ada"}
              """);
    }

    @Test
    void givesProgramsStableFields() {
      given("submit", "echo", "hello", "--urgent");
      server.lease("t-1", "worker-1");
      server.complete("t-1", "done");

      reeve("get", "t-1", "--output", "json");

      assertThat(cli.out())
          .isEqualTo(
              "{\"taskId\":\"t-1\",\"state\":\"completed\",\"kind\":\"echo\",\"queue\":\"default\","
                  + "\"lane\":\"urgent\",\"priority\":\"normal\",\"attempt\":1,\"fence\":1,"
                  + "\"submittedAt\":\"2026-11-20T12:00:00Z\",\"dueAt\":\"2026-11-20T12:00:00Z\","
                  + "\"leasedAt\":\"2026-11-20T12:00:00Z\",\"finishedAt\":\"2026-11-20T12:00:00Z\","
                  + "\"workerId\":\"worker-1\",\"payload\":\"hello\",\"result\":\"done\"}\n");
    }

    @Test
    void writesTheBytesOfAResultAndNothingElse() {
      given("submit", "echo");
      server.complete("t-1", "done");

      assertThat(reeve("get", "t-1", "--result")).isZero();

      assertThat(cli.out()).isEqualTo("done");
    }

    @Test
    void ofSeveralTasksGoesOnOverUnknownOnes() {
      given("submit", "echo");

      assertThat(reeve("get", "t-99", "t-1", "-o", "json")).isEqualTo(6);

      assertThat(cli.out()).startsWith("{\"taskId\":\"t-1\"");
    }

    @Test
    void anUnknownIdEndsWithFiveAndSaysWhatToDo() {
      assertThat(reeve("get", "t-99")).isEqualTo(5);

      assertThat(cli.out()).isEmpty();
      assertThat(cli.err())
          .isEqualTo(
              """
              reeve: expected a known task, got t-99 (UNKNOWN_TASK)
              Task ids are listed by 'reeve list'; ended tasks are kept for a limited time.
              """);
    }

    @Test
    void anErrorIsJsonWhenTheAnswerWouldBe() {
      assertThat(reeve("get", "t-99", "-o", "json")).isEqualTo(5);

      assertThat(cli.err())
          .isEqualTo(
              "{\"error\":{\"exitCode\":5,\"code\":\"NOT_FOUND\",\"reason\":\"UNKNOWN_TASK\","
                  + "\"message\":\"expected a known task, got t-99\"}}\n");
    }
  }

  @Nested
  class ListOfTasks {

    @Test
    void isAnAlignedTable() {
      given("submit", "echo", "--name", "first");
      given("submit", "report", "-q", "monthly", "--urgent");
      server.lease("t-2", "worker-1");

      assertThat(reeve("list")).isZero();

      assertThat(cli.out())
          .isEqualTo(
              """
              ID   STATE   KIND    QUEUE    LANE    ATTEMPT  SUBMITTED             WORKER    NAME
              t-2  leased  report  monthly  urgent  1        2026-11-20 12:00:00Z  worker-1
              t-1  ready   echo    default  normal  0        2026-11-20 12:00:00Z            first
              """);
    }

    @Test
    void isCutToTheTerminalAndColoured() {
      given("submit", "echo", "--name", "first");
      cli.onTerminal(40);

      reeve("list");

      assertThat(cli.out())
          .isEqualTo(
              """
              ID   STATE  KIND  QUEUE    LANE    ATTE…
              t-1  \u001b[1mready\u001b[0m  echo  default  normal  0
              """);
    }

    @Test
    void hasNoColourWhereNoneIsWanted() {
      given("submit", "echo");
      cli.onTerminal(100).environment(Map.of("NO_COLOR", "1"));

      reeve("list");

      assertThat(cli.out()).doesNotContain("\u001b");
    }

    @Test
    void isJsonLineByLineAndFiltered() {
      given("submit", "echo");
      given("submit", "report");
      server.complete("t-2", "");

      reeve("list", "--state", "completed", "-o", "json");

      assertThat(cli.out().lines().toList())
          .singleElement()
          .asString()
          .startsWith("{\"taskId\":\"t-2\",\"state\":\"completed\",\"kind\":\"report\"");
    }

    @Test
    void showsTheNewestAndSaysHowManyMatch() {
      given("submit", "echo", "--count", "9");
      given("submit", "report");

      reeve("list", "--limit", "2", "--kind", "echo");

      assertThat(cli.out().lines().map(line -> line.substring(0, 3)))
          .containsExactly("ID ", "t-9", "t-8");
      assertThat(cli.err()).isEqualTo("the newest 2 of 9; --limit 0 shows all\n");
    }

    @Test
    void showsAllInTheOrderOfTheServerWhereAllAreWanted() {
      given("submit", "echo", "--count", "3");

      reeve("list", "--limit", "0", "-o", "json");

      assertThat(cli.out().lines().map(line -> line.substring(0, 15)))
          .containsExactly("{\"taskId\":\"t-1\"", "{\"taskId\":\"t-2\"", "{\"taskId\":\"t-3\"");
      assertThat(cli.err()).isEmpty();
    }

    @Test
    void isFilteredByLabelsAndBySubmission() {
      given("submit", "echo", "--label", "team=finance", "--label", "region=eu");
      given("submit", "echo", "--label", "team=growth");
      server.tasks().submittedAt("t-1", CommandLineRun.NOON.instant().minusSeconds(7200));

      reeve("list", "--label", "team=finance", "--label", "region=eu", "-o", "json");
      reeve("list", "--since", "1h", "-o", "json");
      reeve("list", "--since", "2026-11-20T10:00:00Z", "--label", "region=eu", "-o", "json");
      reeve("list", "--since", "2026-11-21", "-o", "json");

      assertThat(cli.out().lines().map(line -> line.substring(0, 15)))
          .containsExactly("{\"taskId\":\"t-1\"", "{\"taskId\":\"t-2\"", "{\"taskId\":\"t-1\"");
    }

    @Test
    void anUnknownStateIsAMistakeOfTheCaller() {
      assertThat(reeve("list", "--state", "broken")).isEqualTo(2);

      assertThat(cli.err()).contains("expected waiting, ready, leased, completed, dead");
    }
  }

  @Nested
  class Watch {

    @Test
    void printsALinePerChangeAndEndsAsTheTaskDid() throws InterruptedException {
      given("submit", "echo");
      var changes =
          new Thread(
              () -> {
                while (!server.tasks().isWatched("t-1")) {
                  java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
                }
                server.die("t-1", "no");
              });
      changes.start();

      assertThat(reeve("watch", "t-1")).isEqualTo(1);
      changes.join();

      assertThat(cli.out()).isEqualTo("ready\ndead       error: no\n");
    }

    @Test
    void endsWithThreeWhenItsTimeIsUp() {
      given("submit", "echo");

      assertThat(reeve("watch", "t-1", "--wait-timeout", "50ms")).isEqualTo(3);

      assertThat(cli.out()).isEqualTo("ready\n");
      assertThat(cli.err()).startsWith("reeve: task t-1 has not ended within 0.05 s\n");
    }

    @Test
    void aServerThatIsNotThereIsToldAtOnce() {
      server.close();

      assertThat(reeve("watch", "t-1", "--tries", "1")).isEqualTo(3);
    }

    @Test
    void goesOnOverARestartOfTheServer() throws InterruptedException {
      given("submit", "echo");
      var restarts = new Thread(this::restartAndComplete);
      restarts.start();

      assertThat(reeve("watch", "t-1", "--tries", "1")).as(cli.err()).isZero();
      restarts.join();

      assertThat(cli.out()).isEqualTo("ready\ncompleted  result of 4 bytes\n");
    }

    private void restartAndComplete() {
      while (!server.tasks().isWatched("t-1")) {
        java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
      }
      restarted = server.restart();
      restarted.complete("t-1", "done");
    }
  }

  @Nested
  class Cancel {

    @Test
    void endsTheTask() {
      given("submit", "echo");

      assertThat(reeve("cancel", "t-1", "--reason", "ordered twice")).isZero();

      assertThat(cli.out()).isEqualTo("cancelled t-1\n");
      assertThat(server.task("t-1").getCancelReason()).isEqualTo("ordered twice");
    }

    @Test
    void ofAnEndedTaskIsRefusedWithFour() {
      given("submit", "echo");
      server.complete("t-1", "");

      assertThat(reeve("cancel", "t-1")).isEqualTo(4);

      assertThat(cli.err())
          .startsWith("reeve: the server refused: expected task t-1 to be live")
          .endsWith("(WRONG_STATE)\nLook at the task's state with 'reeve get'.\n");
    }

    @Test
    void ofSeveralTasksGoesOnOverRefusalsAndSaysWhich() {
      given("submit", "echo", "--count", "3");
      server.complete("t-1", "");

      assertThat(reeve("cancel", "t-1", "t-2", "t-99", "t-3")).isEqualTo(6);

      assertThat(cli.out()).isEqualTo("cancelled t-2\ncancelled t-3\n");
      assertThat(cli.err().lines())
          .satisfiesExactly(
              line ->
                  assertThat(line).startsWith("reeve: t-1: the server refused: expected task t-1"),
              line -> assertThat(line).startsWith("reeve: t-99: expected a known task, got t-99"));
    }

    @Test
    void ofSeveralTasksNamesTheRefusedOnesToProgramsToo() throws IOException {
      given("submit", "echo");

      assertThat(reeve("cancel", "t-1", "t-99", "-o", "json")).isEqualTo(6);

      assertThat(new ObjectMapper().readTree(cli.err()).at("/error/taskId").asText())
          .isEqualTo("t-99");
    }

    @Test
    void thatIsRefusedAltogetherEndsAsOneRefusalDoes() {
      assertThat(reeve("cancel", "t-98", "t-99")).isEqualTo(5);
    }

    @Test
    void stopsWhenTheServerIsAway() {
      server.close();

      assertThat(reeve("cancel", "t-1", "t-2", "--tries", "1")).isEqualTo(3);

      assertThat(cli.err())
          .startsWith("stopped at t-1, number 1 of 2\nreeve: the server did not answer");
    }
  }

  @Nested
  class Errors {

    private static final Path FULL = Path.of("/dev/full");

    @Test
    void aServerThatIsNotThereEndsWithThree() {
      server.close();

      assertThat(reeve("list", "--tries", "1")).isEqualTo(3);

      assertThat(cli.err())
          .startsWith(
              "reeve: the server did not answer: " + server.endpoint() + ": connection refused\n")
          .contains("Start one with 'reeve node'")
          .doesNotContain("\tat ");
    }

    @Test
    void outputThatCannotBeWrittenIsAFailureWithAWord() throws IOException {
      assumeTrue(Files.exists(FULL), "there is a device that is always full");
      given("submit", "echo");
      try (var full = Files.newOutputStream(FULL)) {
        cli.outputTo(full);

        assertThat(reeve("list", "-o", "json")).isEqualTo(1);
        assertThat(reeve("submit", "echo")).isEqualTo(1);
        assertThat(cli.run("--help")).isEqualTo(1);
        assertThat(cli.run("version")).isEqualTo(1);
      }

      assertThat(cli.err().lines())
          .hasSize(4)
          .allSatisfy(
              line ->
                  assertThat(line)
                      .isEqualTo(
                          "reeve: the output could not be written: No space left on device"));
    }

    @Test
    void aReaderThatHasSeenEnoughEndsTheCommandWithoutAWord() {
      given("submit", "echo", "--count", "1200");
      var lines = new AtomicInteger();
      cli.outputTo(
          new OutputStream() {
            @Override
            public void write(int one) throws IOException {
              if (one == '\n' && lines.incrementAndGet() == 10) {
                throw new IOException("Broken pipe");
              }
            }
          });

      assertThat(reeve("list", "--limit", "0", "-o", "json")).isEqualTo(141);

      assertThat(cli.err()).isEmpty();
      assertThat(lines).hasValue(10);
      assertThat(server.calls()).filteredOn("ListTasks"::equals).hasSize(1);
    }

    @Test
    void argumentsThatJavaCouldNotReadAreRefused() {
      assertThat(reeve("submit", "echo", "{\"n\":\"gr\ufffd\ufffd\ufffde\"}")).isEqualTo(2);

      assertThat(server.tasks().count()).isZero();
      assertThat(cli.err()).contains("LC_ALL=C.UTF-8").contains("--payload-file");
    }

    @Test
    void aBulkSubmissionThatFailsKeepsItsCause() {
      server.close();

      assertThat(reeve("submit", "echo", "--count", "5000", "--tries", "1")).isEqualTo(3);

      assertThat(cli.err())
          .startsWith(
              "reeve: the server did not answer: " + server.endpoint() + ": connection refused");
    }

    @Test
    void anUnknownHostIsOneSentenceForPrograms() throws IOException {
      assertThat(cli.run("list", "-e", "nohost.invalid:1", "--tries", "1", "-o", "json"))
          .isEqualTo(3);

      assertThat(cli.err().lines()).hasSize(1);
      assertThat(new ObjectMapper().readTree(cli.err()).at("/error/message").asText())
          .isEqualTo("nohost.invalid:1: no such host is known");
    }

    @Test
    void theHttpPortOfANodeSaysSo() throws IOException {
      try (var http = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        var answers = new Thread(() -> answerHttp(http));
        answers.start();

        assertThat(cli.run("list", "-e", "127.0.0.1:" + http.getLocalPort())).isEqualTo(3);
      }

      assertThat(cli.err())
          .contains("an HTTP/1.1 server answered")
          .contains("This looks like the HTTP port of a node. gRPC is on another port");
    }

    private static void answerHttp(ServerSocket http) {
      try (var connection = http.accept()) {
        connection
            .getOutputStream()
            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        connection.getOutputStream().flush();
        connection.getInputStream().readAllBytes();
      } catch (IOException closed) {
        // By the command or by the test, both of which have what they wanted.
        return;
      }
    }

    @Test
    void attemptsAndBackoffsThatMeanNothingAreRefused() {
      assertThat(reeve("submit", "echo", "--attempts", "0")).isEqualTo(2);
      assertThat(reeve("submit", "echo", "--backoff", "2h", "--backoff-max", "1h")).isEqualTo(2);
      assertThat(reeve("submit", "echo", "--retry", "3")).isEqualTo(2);

      assertThat(server.tasks().count()).isZero();
      assertThat(cli.err())
          .contains("expected --attempts of 1 or more, the first included, got 0")
          .contains("expected --backoff-max of at least --backoff, 2 h 0 m, got 1 h 0 m");
    }

    @Test
    void aLongBackoffIsNotCutToTheServersDefault() {
      reeve("submit", "echo", "--backoff", "1h");

      var retry = server.task("t-1").getSpec().getRetry();
      assertThat(retry.getBackoffInitial().getSeconds()).isEqualTo(3600);
      assertThat(retry.getBackoffMax().getSeconds()).isEqualTo(3600);
    }

    @Test
    void aDateIsMidnightAndAnOffsetIsTaken() {
      reeve("submit", "echo", "--not-before", "2026-12-24");
      reeve("submit", "echo", "--not-before", "2026-12-24T19:00+01:00");
      assertThat(reeve("submit", "echo", "--not-before", "2026-12-24T19:00")).isEqualTo(2);

      assertThat(server.task("t-1").getSpec().getNotBefore().getSeconds())
          .isEqualTo(Instant.parse("2026-12-24T00:00:00Z").getEpochSecond());
      assertThat(server.task("t-2").getSpec().getNotBefore().getSeconds())
          .isEqualTo(Instant.parse("2026-12-24T18:00:00Z").getEpochSecond());
      assertThat(cli.err()).contains("expected an instant such as");
    }

    @Test
    void theTraceIsShownOnlyWhenAskedFor() {
      server.close();

      reeve("list", "--tries", "1", "--verbose");

      assertThat(cli.err()).contains("\tat ");
    }

    @Test
    void aFullServerSaysWhenToTryAgain() {
      server.refuseNext(
          FakeReeve.refusal(Status.Code.RESOURCE_EXHAUSTED, "QUEUE_FULL", "too many tasks", 2000));

      assertThat(reeve("submit", "echo", "--tries", "1")).isEqualTo(4);

      assertThat(cli.err())
          .isEqualTo(
              """
              reeve: the server refused: too many tasks (QUEUE_FULL)
              Try again in 2.0 s.
              """);
    }

    @Test
    void aMisspeltOptionEndsWithTwo() {
      assertThat(reeve("list", "--stat", "dead")).isEqualTo(2);

      assertThat(cli.err()).contains("--state").contains("Try 'reeve list --help'.");
    }

    @Test
    void aMissingPayloadFileEndsWithTwo() {
      assertThat(reeve("submit", "echo", "--payload-file", "/no/such/file")).isEqualTo(2);

      assertThat(cli.err()).contains("cannot read the payload").contains("/no/such/file");
    }
  }

  @Nested
  class Programming {

    @Test
    void aFileOfSettingsIsHandedOnAndMustBeThere(@TempDir Path directory) throws IOException {
      var file = Files.writeString(directory.resolve("own.conf"), "reeve.grpc.port = 25100");

      assertThat(cli.run("node", "--config", file.toString())).isZero();
      assertThat(cli.run("worker", "--config", file.toString())).isZero();
      assertThat(cli.run("node", "--config", "/no/such.conf")).isEqualTo(2);
      assertThat(cli.run("worker", "--config", "/no/such.conf")).isEqualTo(2);

      assertThat(cli.files).containsExactly(file, file);
      assertThat(cli.err())
          .startsWith(
              "reeve: expected --config to name a file that can be read, got '/no/such.conf'\n");
      assertThat(Programs.workerConfiguration(file, Map.of()).getInt("reeve.grpc.port"))
          .isEqualTo(25100);
    }

    @Test
    void theWorkersEndpointMayLeaveOutThePort() {
      cli.run("worker", "-e", "localhost");

      assertThat(cli.started)
          .containsExactly(Map.of("reeve.worker.endpoints", List.of("localhost:7460")));
    }

    @Test
    void optionsOfTheNodeBecomeItsSettings() {
      assertThat(cli.run("node", "--port", "7470", "--set", "reeve.node.name=a")).isZero();
      assertThat(cli.run("node", "--http-port", "off")).isZero();

      assertThat(cli.started)
          .containsExactly(
              Map.of("reeve.grpc.port", 7470, "reeve.node.name", "a"),
              Map.of("reeve.http.port", "off"));
    }

    @Test
    void aStoreIsASettingAndAPasswordInItAWarningThatDoesNotRepeatIt() {
      assertThat(cli.run("node", "--store", "postgres://reeve@db.example/tasks")).isZero();
      assertThat(cli.err()).isEmpty();
      assertThat(cli.run("node", "--store", "postgres://reeve:canary7@db.example/tasks")).isZero();

      assertThat(cli.started)
          .containsExactly(
              Map.of("reeve.store.url", "postgres://reeve@db.example/tasks"),
              Map.of("reeve.store.url", "postgres://reeve:canary7@db.example/tasks"));
      assertThat(cli.err()).contains("can read the password in --store").doesNotContain("canary7");
    }

    @Test
    void optionsOfTheWorkerBecomeItsSettings() {
      cli.run(
          "worker",
          "-e",
          "a:1,b:2",
          "--slots",
          "8",
          "-q",
          "mail",
          "-q",
          "default",
          "--allow-exec",
          "/bin/true");

      assertThat(cli.started)
          .containsExactly(
              Map.of(
                  "reeve.worker.endpoints", List.of("a:1", "b:2"),
                  "reeve.worker.pool.slots", 8,
                  "reeve.worker.pool.queues", List.of("mail", "default"),
                  "reeve.worker.builtin.exec.allowed", List.of("/bin/true")));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "node",
        "worker",
        "submit",
        "get",
        "list",
        "watch",
        "cancel",
        "nodes",
        "workers",
        "demand",
        "demo",
        "cluster-demo",
        "store",
        "store migrate",
        "bench",
        "version"
      })
  void everyCommandExplainsItselfWithExamplesAndExitCodes(String command) {
    assertThat(cli.run((command + " --help").split(" "))).isZero();

    assertThat(cli.out())
        .contains("Usage: reeve " + command)
        .contains("Examples:\n  ")
        .contains("Exit codes:\n  0     All went well.");
    assertThat(cli.out().lines()).allMatch(line -> line.length() <= 100, "at most 100 wide");
  }

  @Test
  void helpIsACommandToo() {
    assertThat(cli.run("help", "submit")).isZero();

    assertThat(cli.out()).contains("Usage: reeve submit");
  }

  @Test
  void withoutACommandItShowsTheHelp() {
    assertThat(cli.run()).isZero();

    assertThat(cli.out()).contains("Usage: reeve").contains("reeve submit echo 'hello' --wait");
  }

  @Test
  void theVersionIsTheBuilds() {
    cli.run("version", "--output", "json");

    assertThat(cli.out()).matches("\\{\"version\":\"\\d+\\.\\d+.*\",\"java\":\".+\"}\n");
  }
}
