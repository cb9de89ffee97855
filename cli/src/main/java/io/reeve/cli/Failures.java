package io.reeve.cli;

import com.typesafe.config.ConfigException;
import io.grpc.Status;
import io.reeve.bench.process.ProcessFailed;
import io.reeve.client.ReeveException;
import io.reeve.node.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.TypeConversionException;

/** Errors for the person at the terminal: an exit code, a sentence, and the next step. */
final class Failures {

  /** The words for one failure. */
  record Shown(ExitCode exitCode, String what, String next) {}

  private Failures() {}

  /** The failure itself, without the wrappers that carry it between threads and past signatures. */
  static Throwable cause(Throwable failure) {
    var cause = failure;
    while ((cause instanceof CompletionException
            || cause instanceof ExecutionException
            || cause instanceof UncheckedIOException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  static Shown of(Throwable failure) {
    if (failure instanceof ReeveException refused) {
      return of(refused);
    }
    if (failure instanceof IllegalArgumentException
        || failure instanceof TypeConversionException
        || failure instanceof IOException
        // A file of settings that cannot be read. The message names the file and the line.
        || failure instanceof ConfigException) {
      return new Shown(ExitCode.USAGE, message(failure), "");
    }
    if (failure instanceof StoreException store) {
      return new Shown(of(store.reason()), message(failure), "");
    }
    if (failure instanceof ProcessFailed) {
      return new Shown(
          ExitCode.FAILED,
          Words.printableLines(String.valueOf(failure.getMessage())),
          "--keep keeps the logs of all processes.");
    }
    return new Shown(
        ExitCode.FAILED,
        failure.getClass().getSimpleName() + ": " + message(failure),
        "Run the command again with --verbose to see the stack trace.");
  }

  /** The same as of a node. */
  private static ExitCode of(StoreException.Reason reason) {
    if (reason.untrusted()) {
      return ExitCode.STORE_REFUSED;
    }
    return reason.misconfigured() ? ExitCode.USAGE : ExitCode.FAILED;
  }

  private static Shown of(ReeveException refused) {
    if (refused.reason().equals(ReeveException.REASON_AWAIT_TIMED_OUT)) {
      return new Shown(
          ExitCode.UNREACHABLE,
          message(refused),
          "The task continues. Look at it with 'reeve get', or wait longer with --wait-timeout.");
    }
    if (refused.reason().equals(ReeveException.REASON_NOT_GRPC)) {
      return new Shown(
          ExitCode.UNREACHABLE,
          message(refused),
          "This looks like the HTTP port of a node. gRPC is on another port, by default the one"
              + " before it: 7460 if HTTP is on 7461.");
    }
    var exitCode = ExitCode.of(refused.code());
    var what = refused.reason().isEmpty() ? message(refused) : message(refused) + reason(refused);
    return switch (exitCode) {
      case UNREACHABLE ->
          new Shown(
              exitCode,
              "the server did not answer: " + what,
              "Start one with 'reeve node', or name another with --endpoint or REEVE_ENDPOINT."
                  + repeat(refused));
      case NOT_FOUND -> new Shown(exitCode, what, whereToLook(refused));
      case REFUSED -> new Shown(exitCode, "the server refused: " + what, next(refused));
      case OK, FAILED, USAGE, PARTLY, STORE_REFUSED, STORE_REMOVED, READER_GONE ->
          new Shown(exitCode, what, "");
    };
  }

  private static String whereToLook(ReeveException refused) {
    return refused.reason().equals("UNKNOWN_SCHEDULE")
        ? "'reeve schedules list' shows the names of schedules."
        : "'reeve list' shows the ids of tasks. Tasks that have ended stay for a limited time.";
  }

  private static String next(ReeveException refused) {
    if (refused.reason().equals("TOO_MANY_QUEUES")) {
      return "'reeve queues set NAME --weight 1 --lanes strict' resets a queue.";
    }
    if (refused.reason().equals("TOO_MANY_PAUSES")) {
      return "'reeve queues resume NAME' ends a pause.";
    }
    if (refused.code() == Status.Code.RESOURCE_EXHAUSTED) {
      return refused
          .retryDelay()
          .map(delay -> "Try again in " + DurationText.of(delay) + ".")
          .orElse("Submit less in one call.");
    }
    if (refused.reason().equals("VERSION_CHANGED")) {
      return "Look at it with 'reeve schedules get' or 'reeve queues get', and set it again with its"
          + " version.";
    }
    if (!refused.holder().isEmpty()) {
      return "Look at that task with 'reeve get " + Words.printable(refused.holder()) + "'.";
    }
    if (refused.reason().equals("REQUEST_ID_REUSED")) {
      return "Use another --request-id for another task.";
    }
    return switch (refused.code()) {
      case FAILED_PRECONDITION -> "Look at the state of the task with 'reeve get'.";
      case UNIMPLEMENTED -> "The server is of another version. Compare it with 'reeve version'.";
      case INTERNAL, UNKNOWN, DATA_LOSS ->
          "This is a bug of the server. Its log has the details." + repeat(refused);
      default -> "";
    };
  }

  private static String repeat(ReeveException refused) {
    return refused.requestId().isEmpty()
        ? ""
        : " The submission may have arrived. Repeat it with --request-id "
            + refused.requestId()
            + " so that it counts only once.";
  }

  private static String reason(ReeveException refused) {
    return " (" + refused.reason() + ")";
  }

  private static String message(Throwable failure) {
    var message = failure.getMessage();
    return Words.printable(message == null ? failure.getClass().getSimpleName() : message);
  }
}
