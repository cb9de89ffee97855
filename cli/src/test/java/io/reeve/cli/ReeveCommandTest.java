package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each command prints, for people and for programs, and with which code it ends. */
@Timeout(60)
class ReeveCommandTest extends CommandTest {

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
                  + "\"alreadySubmitted\":false,\"returnedFirst\":false,\"requestId\":\"order-7\"}\n");
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

    @Test
    void waitingForManyGoesOnOverARestartOfTheServer() throws InterruptedException {
      var restarts =
          new Thread(
              () -> {
                awaitTask("t-60");
                server.complete("t-1", "");
                restarted = server.restart();
                for (var i = 2; i <= 60; i++) {
                  restarted.complete("t-" + i, "");
                }
              });
      restarts.start();

      assertThat(reeve("submit", "echo", "--count", "60", "--wait", "--tries", "3"))
          .as(cli.err())
          .isZero();
      restarts.join();

      assertThat(cli.out()).startsWith("60 completed of 60 in ");
    }

    private void awaitTask(String id) {
      while (server.tasks().all().stream().noneMatch(task -> task.getId().equals(id))) {
        java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
      }
    }

    private void completeWhenThere(String id) {
      awaitTask(id);
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
              'reeve list' shows the ids of tasks. Tasks that have ended stay for a limited time.
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
