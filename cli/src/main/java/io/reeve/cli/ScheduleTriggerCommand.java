package io.reeve.cli;

import io.reeve.client.ReeveClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code reeve schedules trigger}. */
@Command(
    name = "trigger",
    description = {
      "Makes a task of a schedule now, also while it is paused. Its next run stays where it is.",
      "With --request-id, the command is idempotent: a retry makes no second task and prints the"
          + " same id."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve schedules trigger nightly",
      "  reeve schedules trigger nightly --request-id deploy-1741"
    })
final class ScheduleTriggerCommand extends ScheduleCommand {

  @Option(
      names = "--request-id",
      paramLabel = "ID",
      description = "Makes this command idempotent; at most 128 characters.")
  String requestId = "";

  ScheduleTriggerCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    var schedules = client.schedules();
    var done = requestId.isEmpty() ? schedules.trigger(name) : schedules.trigger(requestId, name);
    print(
        output.json()
            ? Json.line(
                Json.object()
                    .put("taskId", done.getTaskId())
                    .put("alreadyTriggered", done.getAlreadyTriggered()))
            : (done.getAlreadyTriggered() ? "already submitted " : "submitted ")
                + done.getTaskId());
    return ExitCode.OK;
  }
}
