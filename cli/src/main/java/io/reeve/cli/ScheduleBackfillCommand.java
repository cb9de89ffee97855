package io.reeve.cli;

import io.reeve.client.ReeveClient;
import io.reeve.v1.Schedule;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code reeve schedules backfill}. */
@Command(
    name = "backfill",
    description = {
      "Makes a task for each instant of a range that has passed, whether or not the schedule has"
          + " made one for it before. The tasks run in parallel, whatever the policies say.",
      "The command returns when the order is durable. The tasks follow, some at a time; 'reeve"
          + " schedules get' shows how many are made. --stop ends the backfill in progress."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve schedules backfill nightly --from 2025-11-01 --to 2025-11-08",
      "  reeve schedules backfill nightly --from 2025-11-01 --to 2025-11-02 --request-id again-1",
      "  reeve schedules backfill nightly --stop"
    })
final class ScheduleBackfillCommand extends ScheduleCommand {

  @Option(
      names = "--from",
      paramLabel = "INSTANT",
      converter = InstantText.class,
      description =
          "The first instant of the range: 2026-12-24T18:00:00Z, or a date alone for midnight"
              + " UTC.")
  @Nullable Instant from;

  @Option(
      names = "--to",
      paramLabel = "INSTANT",
      converter = InstantText.class,
      description = "The last instant of the range; not in the future.")
  @Nullable Instant to;

  @Option(
      names = "--request-id",
      paramLabel = "ID",
      description = "Makes this command idempotent; at most 128 characters.")
  String requestId = "";

  @Option(names = "--stop", description = "End the backfill in progress; its tasks stay.")
  boolean stop;

  ScheduleBackfillCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    var schedules = client.schedules();
    if (stop) {
      if (from != null || to != null) {
        throw new IllegalArgumentException("expected --stop alone, got a range too");
      }
      show(schedules.stopBackfill(name), "stopped the backfill of ");
      return ExitCode.OK;
    }
    if (from == null || to == null) {
      throw new IllegalArgumentException("expected --from and --to, or --stop");
    }
    show(
        requestId.isEmpty()
            ? schedules.backfill(name, from, to)
            : schedules.backfill(requestId, name, from, to),
        "backfills ");
    return ExitCode.OK;
  }

  private void show(Schedule schedule, String what) {
    if (output.json()) {
      print(Json.line(ScheduleJson.of(schedule)));
      return;
    }
    var tasks = schedule.getBackfill().getTasks();
    print(what + schedule.getName() + (tasks == 0 ? "" : ", " + tasks + " tasks"));
  }
}
