package io.reeve.cli;

import io.reeve.client.BulkSubmitter;
import io.reeve.client.ReeveClient;
import io.reeve.client.ReeveException;
import io.reeve.client.Submission;
import io.reeve.client.TaskRequest;
import io.reeve.v1.Task;
import io.reeve.v1.TaskState;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reeve submit}. */
@Command(
    name = "submit",
    description = {
      "Submits a task, or many equal tasks with --count. The command returns when they are"
          + " durable. With --wait it returns when they have ended; then the exit code is 1"
          + " unless all completed.",
      "With --request-id, the command is idempotent: a retry has no second effect and prints the"
          + " same answer. So a script can repeat it after any failure.",
      "With --unique-key, there is one task of that key at a time."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve submit echo 'hello' --wait",
      "  reeve submit email --payload-file mail.json --queue mail --attempts 5",
      "  reeve submit report --delay 2h --label team=finance --request-id report-2026-11",
      "  reeve submit report --require zone=eu --require disk=ssd",
      "  reeve submit report --unique-key report-17 --on-collision refuse",
      "  reeve submit sleep 100ms --count 100 --wait",
      "  id=$(reeve submit echo hi --output json | jq -r .taskId)"
    })
final class SubmitCommand extends ClientCommand {

  @Parameters(
      index = "0",
      paramLabel = "KIND",
      description = "The kind of the task; it selects the handler.")
  String kind = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PAYLOAD",
      description = "Text for the handler; - reads standard input.")
  @Nullable String payload;

  @Mixin TaskOptions task = new TaskOptions();

  @Mixin StartOptions start = new StartOptions();

  @Mixin UniqueOptions unique = new UniqueOptions();

  @Option(
      names = {"-c", "--count"},
      paramLabel = "N",
      defaultValue = "1",
      description = "Submit the task N times, in a few calls. Default: 1.")
  int count = 1;

  @Option(
      names = "--request-id",
      paramLabel = "ID",
      description = "Makes this command idempotent; at most 110 characters.")
  String requestId = "";

  @Option(
      names = {"-w", "--wait"},
      description = "Wait until all tasks have ended, and show the result.")
  boolean wait;

  @Option(
      names = "--wait-timeout",
      paramLabel = "DURATION",
      defaultValue = "10m",
      converter = DurationText.class,
      description =
          "How long to wait, even while the server is away. The tasks continue after that."
              + " Default: 10m.")
  Duration waitTimeout = Duration.ofMinutes(10);

  @Option(names = "--print-ids", description = "With --count, print the id of every task.")
  boolean printIds;

  SubmitCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    if (count < 1) {
      throw new IllegalArgumentException("expected --count of 1 or more, got " + count);
    }
    if (count > 1 && unique.key != null) {
      throw new IllegalArgumentException("expected --count or --unique-key, got both");
    }
    var builder = start.applied(task.request(kind, payload, terminal.in()));
    unique.apply(builder);
    var request = builder.build();
    return count == 1 ? submitOne(client, request) : submitMany(client, request);
  }

  private ExitCode submitOne(ReeveClient client, TaskRequest request) {
    var submission =
        requestId.isEmpty() ? client.submit(request) : client.submit(requestId, request);
    if (!wait) {
      print(
          output.json()
              ? Json.line(Json.of(submission))
              : inWords(submission) + submission.taskId());
      return ExitCode.OK;
    }
    if (!output.json()) {
      note(inWords(submission) + submission.taskId() + ", waiting for its end");
    }
    var ended = client.awaitResult(submission.taskId(), waitTimeout);
    show(ended);
    return ended.getState() == TaskState.TASK_STATE_COMPLETED ? ExitCode.OK : ExitCode.FAILED;
  }

  private static String inWords(Submission submission) {
    if (submission.returnedFirst()) {
      return "not submitted, since there is ";
    }
    return submission.alreadySubmitted() ? "already submitted " : "submitted ";
  }

  /** The result alone on standard output when there is one, so that it can be piped on. */
  private void show(Task ended) {
    if (output.json()) {
      print(Json.line(Json.of(ended)));
    } else if (ended.getState() == TaskState.TASK_STATE_COMPLETED) {
      var result = TaskText.bytes(ended.getResult());
      print(result.isEmpty() ? "completed, without a result" : result);
    } else {
      TaskText.lines(ended, colours()).forEach(this::print);
    }
  }

  private ExitCode submitMany(ReeveClient client, TaskRequest request) {
    var before = terminal.nanoTime().getAsLong();
    var ids = new ConcurrentLinkedQueue<String>();
    var bulk = client.bulk();
    if (!requestId.isEmpty()) {
      bulk.runId(requestId);
    }
    try (var progress = Progress.of(terminal, "submitting", count)) {
      bulk.onAccepted(
          submission -> {
            progress.stepBy(submission.taskIds().size());
            if (wait || printIds) {
              ids.addAll(submission.taskIds());
            }
          });
      var run = bulk.start();
      try (run) {
        for (var i = 0; i < count; i++) {
          run.add(request);
        }
      } catch (ReeveException failure) {
        progress.finish();
        if (run.accepted() == 0) {
          throw failure;
        }
        return submittedPartly(run, failure);
      }
    }
    var elapsed = Duration.ofNanos(terminal.nanoTime().getAsLong() - before);
    if (printIds) {
      ids.forEach(id -> print(output.json() ? Json.line(Json.object().put("taskId", id)) : id));
    }
    if (!wait) {
      print(
          output.json()
              ? Json.line(
                  Json.object().put("submitted", count).put("elapsedMs", elapsed.toMillis()))
              : "submitted " + count + " tasks in " + DurationText.of(elapsed) + rate(elapsed));
      return ExitCode.OK;
    }
    return awaitAll(client, List.copyOf(ids), before);
  }

  /** Tells how many are durable, why the rest is not, and how to go on without a second effect. */
  private ExitCode submittedPartly(BulkSubmitter run, ReeveException failure) {
    var shown = Failures.of(failure);
    var exitCode = shown.exitCode() == ExitCode.REFUSED ? ExitCode.PARTLY : shown.exitCode();
    if (output.json()) {
      print(
          Json.line(
              Json.object()
                  .put("submitted", run.accepted())
                  .put("requested", count)
                  .put("requestId", run.runId())));
      terminal.out().flush();
      note(Json.line(Json.error(exitCode, failure)));
      return exitCode;
    }
    print("submitted " + run.accepted() + " of " + count + " tasks");
    terminal.out().flush();
    note("reeve: " + shown.what());
    note(
        "To submit the rest, run the same command with --request-id "
            + run.runId()
            + "; what was accepted does not count twice.");
    return exitCode;
  }

  private ExitCode awaitAll(ReeveClient client, List<String> ids, long before) {
    try (var progress = Progress.of(terminal, "running", count)) {
      var counts = new Waiting(client, waitTimeout, () -> progress.stepBy(1)).await(ids);
      var elapsed = Duration.ofNanos(terminal.nanoTime().getAsLong() - before);
      progress.finish();
      if (output.json()) {
        var json = Json.object().put("submitted", count);
        counts.byName().forEach(json::put);
        print(Json.line(json.put("elapsedMs", elapsed.toMillis())));
      } else {
        print(
            counts.inWords() + " of " + count + " in " + DurationText.of(elapsed) + rate(elapsed));
      }
      return counts.completed() == count ? ExitCode.OK : ExitCode.FAILED;
    } catch (ReeveException failure) {
      note(count + " tasks were submitted; they go on");
      throw failure;
    }
  }

  private String rate(Duration elapsed) {
    return String.format(
        Locale.ROOT, " (%,.0f per second)", count / Math.max(0.001, elapsed.toNanos() / 1e9));
  }
}
