package io.reeve.edge.grpc.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.reeve.domain.session.Misuse;
import io.reeve.edge.calls.Reason;
import io.reeve.edge.http.api.HttpStatuses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReasonTest {

  /** The table in docs/errors.md. A reason that changes without it fails here. */
  @Test
  @DisplayName(
      "Each reason of a refusal has one gRPC code, one HTTP status and one wait, those of docs/errors.md")
  void everyReasonIsDocumented() throws IOException {
    var documented =
        Files.readAllLines(root().resolve("docs/errors.md")).stream()
            .filter(line -> line.startsWith("| `"))
            .collect(Collectors.joining("\n"));

    assertThat(documented).isEqualTo(table());
  }

  @Test
  void everyWayToMisuseASessionIsAReason() {
    assertThat(Misuse.Code.values())
        .allSatisfy(code -> assertThat(Reason.valueOf(code.name()).retryAfter()).isZero());
  }

  @Test
  void aTimeoutIsUnavailableEvenBehindADerivedStage() {
    var ask = CompletableFuture.<String>failedFuture(new TimeoutException("no answer"));

    var trailers =
        ask.thenApply(String::length)
            .handle((length, failure) -> GrpcStatuses.trailers(failure))
            .join();

    assertThat(trailers.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void whatSaysToRetryAlsoSaysWhen() {
    assertThat(Reason.values())
        .allSatisfy(
            reason ->
                assertThat(GrpcStatuses.code(reason) == Status.Code.UNAVAILABLE)
                    .as(reason.name())
                    .matches(unavailable -> !unavailable || !reason.retryAfter().isZero()));
  }

  private static String table() {
    return Arrays.stream(Reason.values())
        .map(
            reason ->
                String.format(
                    "| `%s` | %s | %d | %s | %s |",
                    reason.name(),
                    GrpcStatuses.code(reason),
                    HttpStatuses.of(reason),
                    reason.retryAfter().isZero() ? "no" : reason.retryAfter().toMillis() + " ms",
                    reason.meaning()))
        .collect(Collectors.joining("\n"));
  }

  /** The root of the repository, whichever directory the test is started in. */
  private static Path root() {
    var here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("docs"))
        ? here
        : java.util.Objects.requireNonNull(here.getParent(), "a module has a parent");
  }
}
