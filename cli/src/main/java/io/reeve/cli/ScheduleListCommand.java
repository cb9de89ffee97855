package io.reeve.cli;

import io.reeve.client.ReeveClient;
import io.reeve.v1.Schedule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code reeve schedules list}. */
@Command(
    name = "list",
    description = {
      "Lists the schedules by name.",
      "STATE is active, paused or ended. NEXT and AT are the next run; LAST RUN and TASK are the"
          + " latest one and the task that it made.",
      "Lines are cut to the width of the terminal, but not in a pipe or a file."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve schedules list",
      "  reeve schedules list --prefix billing/",
      "  reeve schedules list --output json | jq -r 'select(.state == \"paused\") | .name'"
    })
final class ScheduleListCommand extends ClientCommand {

  @Option(
      names = "--prefix",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Only schedules whose names begin with this text.")
  String prefix = "";

  ScheduleListCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    var all = new ArrayList<Schedule>();
    StreamSupport.stream(client.schedules().list(prefix).spliterator(), false).forEach(all::add);
    all.sort(Comparator.comparing(Schedule::getName));
    if (output.json()) {
      all.forEach(schedule -> print(Json.line(ScheduleJson.of(schedule))));
    } else if (all.isEmpty()) {
      note("no schedules; 'reeve schedules set' makes one");
    } else {
      ScheduleText.table(all, terminal.clock())
          .lines(terminal.outIsTerminal() ? terminal.columns() : 0, this::paint)
          .forEach(this::print);
    }
    return ExitCode.OK;
  }

  private String paint(String column, String cell) {
    return column.equals("STATE") ? ScheduleText.colour(cell).paint(cell, colours()) : cell;
  }
}
