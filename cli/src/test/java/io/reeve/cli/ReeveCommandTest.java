package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.reeve.client.fake.FakeReeve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
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

  @AfterEach
  void stop() {
    server.close();
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
              "{\"id\":\"t-1\",\"state\":\"completed\",\"kind\":\"echo\",\"queue\":\"default\","
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
              t-1  ready   echo    default  normal  0        2026-11-20 12:00:00Z            first
              t-2  leased  report  monthly  urgent  1        2026-11-20 12:00:00Z  worker-1
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
          .startsWith("{\"id\":\"t-2\",\"state\":\"completed\",\"kind\":\"report\"");
    }

    @Test
    void saysWhenThereAreMore() {
      given("submit", "echo", "--count", "3");

      reeve("list", "--limit", "2");

      assertThat(cli.out().lines()).hasSize(3);
      assertThat(cli.err()).isEqualTo("the first 2 are shown; --limit 0 shows all\n");
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
  }

  @Nested
  class Errors {

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
        "node", "worker", "submit", "get", "list", "watch", "cancel", "demo", "bench", "version"
      })
  void everyCommandExplainsItselfWithExamplesAndExitCodes(String command) {
    assertThat(cli.run(command, "--help")).isZero();

    assertThat(cli.out())
        .contains("Usage: reeve " + command)
        .contains("Examples:\n  ")
        .contains("Exit codes:\n  0   All went well.");
    assertThat(cli.out().lines()).allMatch(line -> line.length() <= 100, "at most 100 wide");
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
