package io.reeve.cli;

import io.reeve.client.ReeveClient;
import io.reeve.v1.DeadLetterGroup;
import io.reeve.v1.Failure;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code reeve dead groups}. */
@Command(
    name = "groups",
    description = {
      "Groups tasks that died by their error, the largest group first.",
      "Tasks of one group have the same kind, failure type and code, and messages that differ only"
          + " in numbers, ids and quoted parts."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  reeve dead groups", "  reeve dead groups --since 1h --output json | jq .count"})
final class DeadGroupsCommand extends ClientCommand {

  @Mixin DeadFilterOptions filter = new DeadFilterOptions();

  DeadGroupsCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    var found = client.deadLetters().groups(filter.filter(terminal.clock()));
    if (output.json()) {
      found.getGroupsList().forEach(group -> print(Json.line(Json.of(group))));
    } else if (found.getGroupsCount() == 0) {
      note("no dead letters");
    } else {
      var table =
          new TextTable("GROUP", "COUNT", "FIRST DIED", "LAST DIED", "SAMPLE", "KIND", "FAILURE");
      found.getGroupsList().forEach(group -> add(table, group));
      table
          .lines(terminal.outIsTerminal() ? terminal.columns() : 0, (column, cell) -> cell)
          .forEach(this::print);
    }
    if (found.getOthers() > 0) {
      note(String.format(Locale.ROOT, "and %,d in other groups", found.getOthers()));
    }
    return ExitCode.OK;
  }

  private static void add(TextTable table, DeadLetterGroup group) {
    var failure =
        Failure.newBuilder()
            .setType(group.getType())
            .setCode(group.getCode())
            .setMessage(group.getMessage())
            .build();
    table.row(
        group.getFingerprint(),
        String.format(Locale.ROOT, "%,d", group.getCount()),
        Words.instant(group.getFirstDiedAt()),
        Words.instant(group.getLastDiedAt()),
        group.getSampleTaskId(),
        group.getKind(),
        TaskText.failure(failure));
  }
}
