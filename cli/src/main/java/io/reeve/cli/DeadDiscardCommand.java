package io.reeve.cli;

import io.reeve.client.DeadLetters;
import io.reeve.v1.DeadLetterFilter;
import java.util.function.LongConsumer;
import picocli.CommandLine.Command;

/** {@code reeve dead discard}. */
@Command(
    name = "discard",
    description = {
      "Settles tasks that died without repeating them. They stay readable and are no longer"
          + " listed as dead letters. This cannot be undone."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  reeve dead discard 0-42", "  reeve dead discard --until 7d --yes"})
final class DeadDiscardCommand extends DeadActCommand {

  DeadDiscardCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  String verb() {
    return "discard";
  }

  @Override
  String done() {
    return "discarded";
  }

  @Override
  ExitCode one(DeadLetters letters, String id) {
    var changed = letters.discard(id);
    print(
        output.json()
            ? Json.line(Json.object().put("taskId", id).put("alreadyDiscarded", !changed))
            : (changed ? "discarded " : "already discarded ") + id);
    return ExitCode.OK;
  }

  @Override
  long many(DeadLetters letters, DeadLetterFilter meant, LongConsumer progress) {
    return letters.discardAll(meant, progress);
  }
}
