package io.reeve.cli;

import io.reeve.client.DeadLetters;
import io.reeve.v1.DeadLetterFilter;
import io.reeve.v1.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code reeve dead redrive}. */
@Command(
    name = "redrive",
    description = {
      "Repeats tasks that died as new tasks, which are due at once. A new task has the"
          + " specification of the dead one and begins with no attempts; each names the other.",
      "Each dead task is redriven once at most, however often the command runs. If it is"
          + " interrupted, run it again: it redrives what is left."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve dead redrive 0-42",
      "  reeve dead redrive --group 5ab1e0ffc0ffee00 --attempts 6 --yes",
      "  reeve dead redrive --kind email --since 2h --yes"
    })
final class DeadRedriveCommand extends DeadActCommand {

  @Option(
      names = {"-a", "--attempts"},
      paramLabel = "N",
      description = "Attempts of the new tasks in all. Default: as before.")
  @Nullable Integer attempts;

  @Option(
      names = "--backoff",
      paramLabel = "DURATION",
      converter = DurationText.class,
      description = "Wait before the second attempt. Default: as before.")
  @Nullable Duration backoff;

  @Option(
      names = "--backoff-max",
      paramLabel = "DURATION",
      converter = DurationText.class,
      description = "Longest wait between attempts. Default: as before.")
  @Nullable Duration backoffMax;

  @Option(
      names = "--never-retry",
      paramLabel = "CODE",
      description = "One more code after which a task never runs again. Can be repeated.")
  List<String> neverRetry = List.of();

  DeadRedriveCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  String verb() {
    return "redrive";
  }

  @Override
  String done() {
    return "redriven";
  }

  @Override
  ExitCode one(DeadLetters letters, String id) {
    var answer = letters.redrive(id, changes());
    print(
        output.json()
            ? Json.line(
                Json.object()
                    .put("taskId", id)
                    .put("redrivenAs", answer.getTaskId())
                    .put("alreadyRedriven", answer.getAlreadyRedriven()))
            : (answer.getAlreadyRedriven() ? "already redriven " : "redriven ")
                + id
                + " as "
                + answer.getTaskId());
    return ExitCode.OK;
  }

  @Override
  long many(DeadLetters letters, DeadLetterFilter meant, LongConsumer progress) {
    return letters.redriveAll(meant, changes(), progress);
  }

  private RetryPolicy changes() {
    var changes = RetryPolicy.newBuilder().addAllNeverRetryCodes(neverRetry);
    if (attempts != null) {
      // The server reads 0 as "not given", but a person means "none" by it.
      if (attempts < 1) {
        throw new IllegalArgumentException("expected --attempts of 1 or more, got " + attempts);
      }
      changes.setAttemptsMax(attempts);
    }
    if (backoff != null) {
      changes.setBackoffInitial(proto(backoff));
    }
    if (backoffMax != null) {
      changes.setBackoffMax(proto(backoffMax));
    }
    return changes.build();
  }

  private static com.google.protobuf.Duration proto(Duration duration) {
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }
}
