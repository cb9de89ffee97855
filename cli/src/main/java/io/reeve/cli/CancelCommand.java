package io.reeve.cli;

import io.reeve.client.ReeveClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reeve cancel}. */
@Command(
    name = "cancel",
    description = {
      "Cancels tasks that have not ended. The worker of a running attempt is told to stop, and"
          + " its later reports are refused.",
      "Cancelling a cancelled task again changes nothing. The command tries every task, even if"
          + " others are refused. The exit code is 6 if some were refused, and 4 or 5 if all"
          + " were."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve cancel 0-42 --reason 'ordered twice'",
      "  reeve list --state ready --queue mail --output json | jq -r .taskId | xargs reeve cancel"
    })
final class CancelCommand extends ClientCommand {

  @Parameters(arity = "1..*", paramLabel = "ID", description = "Ids of tasks.")
  List<String> ids = List.of();

  @Option(
      names = {"-r", "--reason"},
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Reason, for people. It stays with the task.")
  String reason = "";

  CancelCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    return each(
        ids,
        id -> {
          var task = client.cancel(id, reason);
          print(output.json() ? Json.line(Json.of(task)) : "cancelled " + task.getId());
          return ExitCode.OK;
        });
  }
}
