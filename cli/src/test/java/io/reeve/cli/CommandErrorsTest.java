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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The words and the exit codes for mistakes, refusals and servers that are away. */
@Timeout(60)
class CommandErrorsTest extends CommandTest {

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
                    .isEqualTo("reeve: the output could not be written: No space left on device"));
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
  void aBulkSubmissionThatIsPartlyRefusedTellsWhatIsDurable() throws IOException {
    server
        .letThrough(1)
        .refuseNext(
            FakeReeve.refusal(Status.Code.FAILED_PRECONDITION, "NO_SUCH_QUEUE", "no queue", 0));

    assertThat(reeve("submit", "echo", "--count", "1200", "--request-id", "run-1", "-o", "json"))
        .isEqualTo(ExitCode.PARTLY.number());

    var told = new ObjectMapper().readTree(cli.out());
    assertThat(told.at("/submitted").asLong()).isEqualTo(server.tasks().count()).isPositive();
    assertThat(told.at("/requested").asInt()).isEqualTo(1200);
    assertThat(told.at("/requestId").asText()).isEqualTo("run-1");
    assertThat(new ObjectMapper().readTree(cli.err()).at("/error/exitCode").asInt()).isEqualTo(6);
  }

  @Test
  void aPayloadWithoutEndIsRefused() {
    var endless = Path.of("/dev/zero");
    assumeTrue(Files.exists(endless), "there is a device without an end");

    assertThat(reeve("submit", "echo", "-f", endless.toString())).isEqualTo(2);

    assertThat(cli.err())
        .isEqualTo("reeve: expected a payload of at most 33554432 bytes, got more\n");
  }

  @Test
  void valuesThatAreNoTimesAreMistakesOfTheCaller() {
    for (var since : List.of("now", "10", "-5h", "", "2026-13-01", "+999999999-12-31T23:59:59Z")) {
      assertThat(reeve("list", "--since=" + since)).as(since).isEqualTo(2);
    }
    assertThat(cli.run("cron", "@daily", "--from=+999999999-01-01")).isEqualTo(2);
    assertThat(cli.run("cron", "@daily", "--from=-999999999-01-01")).isEqualTo(2);
    assertThat(cli.err()).doesNotContain("Exception");
  }

  @Test
  void aCommandLineThatCannotBeReadIsToldInJsonToo() throws IOException {
    assertThat(cli.run("list", "--bogus", "--output", "json")).isEqualTo(2);

    assertThat(new ObjectMapper().readTree(cli.err()).at("/error/exitCode").asInt()).isEqualTo(2);
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
