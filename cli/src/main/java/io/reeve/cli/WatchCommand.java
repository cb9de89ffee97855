package io.reeve.cli;

import io.reeve.client.ReeveClient;
import io.reeve.v1.Task;
import io.reeve.v1.TaskState;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reeve watch}. */
@Command(
    name = "watch",
    description = {
      "Follows one task until it ends and prints one line per change.",
      "It continues while the server is away or restarts, until --wait-timeout. The exit code is"
          + " 0 if the task completed, and 1 if it ended otherwise."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve watch 0-42",
      "  reeve watch 0-42 --wait-timeout 1h --output json | jq -r .state"
    })
final class WatchCommand extends ClientCommand {

  private static final Duration WITHOUT_END = ChronoUnit.FOREVER.getDuration();

  /** Room for the longest state and two blanks. */
  private static final int STATE_COLUMNS = 11;

  @Parameters(paramLabel = "ID", description = "Id of the task.")
  String id = "";

  @Option(
      names = "--wait-timeout",
      paramLabel = "DURATION",
      converter = DurationText.class,
      description =
          "Stop watching after this time; the task continues. Default: wait until the task ends.")
  Duration waitTimeout = WITHOUT_END;

  WatchCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    // Fails at once if the server is away or does not know the task.
    var state = client.get(id).getState();
    try (var watch = client.watch(id, waitTimeout)) {
      while (watch.hasNext()) {
        var task = watch.next();
        state = task.getState();
        print(output.json() ? Json.line(Json.of(task)) : line(task));
        terminal.out().flush();
      }
    }
    return state == TaskState.TASK_STATE_COMPLETED ? ExitCode.OK : ExitCode.FAILED;
  }

  private String line(Task task) {
    var name = Words.state(task);
    var step = TaskText.step(task);
    return Colour.of(task.getState()).paint(name, colours())
        + (step.isEmpty() ? "" : " ".repeat(STATE_COLUMNS - name.length()) + step);
  }
}
