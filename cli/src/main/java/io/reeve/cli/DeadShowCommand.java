package io.reeve.cli;

import io.reeve.client.ReeveClient;
import io.reeve.client.ReeveException;
import io.reeve.v1.Task;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code reeve dead show}. */
@Command(
    name = "show",
    description = {
      "Shows tasks with their attempts: when each ran, on which worker, and how it failed.",
      "If a task repeats a dead one, the command also shows that one, as long as the server keeps"
          + " it."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  reeve dead show 0-42", "  reeve dead show 0-42 --output json | jq .attempts"})
final class DeadShowCommand extends ClientCommand {

  /** Earlier tasks that are shown with one, at most. */
  private static final int EARLIER_MAX = 10;

  @Parameters(arity = "1..*", paramLabel = "ID", description = "Ids of tasks.")
  List<String> ids = List.of();

  DeadShowCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    return each(ids, id -> show(client, client.get(id)));
  }

  private ExitCode show(ReeveClient client, Task task) {
    print(task);
    var earlier = task.getRedriveOf();
    for (var i = 0; i < EARLIER_MAX && !earlier.isEmpty(); i++) {
      try {
        var before = client.get(earlier);
        print(before);
        earlier = before.getRedriveOf();
      } catch (ReeveException refusal) {
        if (Failures.of(refusal).exitCode() != ExitCode.NOT_FOUND) {
          throw refusal;
        }
        note("task " + earlier + " is not kept any more");
        earlier = "";
      }
    }
    return ExitCode.OK;
  }

  private void print(Task task) {
    if (output.json()) {
      print(Json.line(Json.of(task)));
    } else {
      TaskText.lines(task, colours()).forEach(this::print);
    }
  }
}
