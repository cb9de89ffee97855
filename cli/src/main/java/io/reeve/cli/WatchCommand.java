package io.reeve.cli;

import io.reeve.client.ReeveClient;
import io.reeve.v1.Task;
import io.reeve.v1.TaskState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code reeve watch}. */
@Command(
    name = "watch",
    description = {
      "Follows one task until it ends, one line per change.",
      "Goes on over restarts of the server. The exit code is 0 when the task completed, 1 when it ended"
          + " otherwise."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  reeve watch 0-42", "  reeve watch 0-42 --output json | jq -r .state"})
final class WatchCommand extends ClientCommand {

  /** Room for the longest state and two blanks. */
  private static final int STATE_COLUMNS = 11;

  @Parameters(paramLabel = "ID", description = "Id of the task.")
  String id = "";

  WatchCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    var state = TaskState.TASK_STATE_UNSPECIFIED;
    try (var watch = client.watch(id)) {
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
