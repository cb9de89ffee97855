package io.reeve.cli;

import io.reeve.client.ReeveClient;
import io.reeve.v1.Task;
import io.reeve.v1.TaskState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reeve get}. */
@Command(
    name = "get",
    description = {
      "Shows the current state of tasks.",
      "With --result, it writes only the bytes of the result, and the exit code is 1 if there is"
          + " none. With several tasks, it looks up each, even if others are not found."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve get 0-42",
      "  reeve get 0-42 --result > answer.bin",
      "  reeve get 0-42 0-43 --output json | jq .state"
    })
final class GetCommand extends ClientCommand {

  @Parameters(arity = "1..*", paramLabel = "ID", description = "Ids of tasks.")
  List<String> ids = List.of();

  @Option(names = "--result", description = "Write the result's bytes to standard output.")
  boolean result;

  GetCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    return each(ids, id -> show(client.get(id)));
  }

  private ExitCode show(Task task) {
    if (result) {
      return writeResult(task);
    }
    if (output.json()) {
      print(Json.line(Json.of(task)));
    } else {
      TaskText.lines(task, colours()).forEach(this::print);
      if (task.getState() == TaskState.TASK_STATE_READY
          || task.getState() == TaskState.TASK_STATE_WAITING) {
        note("'reeve explain " + task.getId() + "' tells why it has not started");
      }
    }
    return ExitCode.OK;
  }

  private ExitCode writeResult(Task task) {
    try {
      task.getResult().writeTo(terminal.out());
    } catch (IOException cannotWrite) {
      throw new UncheckedIOException(cannotWrite);
    }
    if (task.getState() == TaskState.TASK_STATE_COMPLETED) {
      return ExitCode.OK;
    }
    note("task " + task.getId() + " is " + Words.state(task) + " and has no result");
    return ExitCode.FAILED;
  }
}
