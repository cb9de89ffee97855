package io.reeve.cli;

import io.reeve.client.ReeveClient;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code reeve explain}. */
@Command(
    name = "explain",
    description = {
      "Tells why tasks do not start just now and what to do about it. For a running task, it tells"
          + " who runs it, and for a task that has ended, what ended it.",
      "An estimated start is rough: it comes from the tasks ahead, the slots, and the average time"
          + " that a task occupies a slot."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  reeve explain 0-42", "  reeve explain 0-42 0-43 --output json | jq .blocker"})
final class ExplainCommand extends ClientCommand {

  @Parameters(arity = "1..*", paramLabel = "ID", description = "Ids of tasks.")
  List<String> ids = List.of();

  ExplainCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    return each(
        ids,
        id -> {
          var told = client.explain(id);
          if (output.json()) {
            print(Json.line(ExplainJson.of(told)));
          } else {
            ExplainText.lines(told, colours()).forEach(this::print);
          }
          return ExitCode.OK;
        });
  }
}
