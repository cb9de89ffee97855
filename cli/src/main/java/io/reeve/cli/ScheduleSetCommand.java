package io.reeve.cli;

import io.reeve.client.ReeveClient;
import io.reeve.client.ScheduleRequest;
import io.reeve.v1.SetScheduleResponse;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reeve schedules set}. */
@Command(
    name = "set",
    description = {
      "Creates a schedule, or replaces its definition as a whole. The command shows the definition"
          + " before. A repeat changes nothing.",
      "KIND, PAYLOAD and the options of 'reeve submit' describe the task of each run. --cron,"
          + " --every or --at tell the times."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve schedules set nightly echo 'good night' --cron '30 2 * * *' --zone Europe/Berlin",
      "  reeve schedules set poll http --payload-file mail.json --every 90s --overlap skip",
      "  reeve schedules set xmas echo 'merry' --at 2098-12-24T18:00:00Z --at 2099-12-24",
      "  reeve schedules set nightly report --cron '30 2 * * *' --missed all --missed-limit 7"
    })
final class ScheduleSetCommand extends ScheduleCommand {

  @Parameters(
      index = "1",
      paramLabel = "KIND",
      description = "The kind of the tasks; it selects the handler.")
  String kind = "";

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "PAYLOAD",
      description = "Text for the handler; - reads standard input.")
  @Nullable String payload;

  @Mixin RuleOptions rule = new RuleOptions();

  @Option(
      names = "--runs-max",
      paramLabel = "N",
      description = "End after so many runs. Default: never.")
  @Nullable Long runsMax;

  @Option(
      names = "--missed",
      paramLabel = "none|once|all",
      defaultValue = "once",
      description =
          "What becomes of runs that are more than a minute late, because no node ran or because"
              + " the schedule was paused: skip them, run the latest, or run all. Default: once.")
  String missed = "once";

  @Option(
      names = "--missed-limit",
      paramLabel = "N",
      description = "With --missed all: run the latest N of them at most. Default: 100.")
  @Nullable Integer missedLimit;

  @Option(
      names = "--overlap",
      paramLabel = "skip|queue-one|parallel|cancel",
      defaultValue = "skip",
      description =
          "What becomes of a run while the task of the one before has not ended: skip it, run it"
              + " after that task, run it beside that task, or cancel that task. Default: skip.")
  String overlap = "skip";

  @Option(
      names = "--expected-version",
      paramLabel = "N",
      description =
          "Refuse if the schedule has another version, since somebody else changed it. Default: do"
              + " it anyway.")
  @Nullable Long expectedVersion;

  @Mixin TaskOptions task = new TaskOptions();

  ScheduleSetCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    var request = request();
    if (expectedVersion != null && expectedVersion < 1) {
      throw new IllegalArgumentException(
          "expected --expected-version of 1 or more, got " + expectedVersion);
    }
    var schedules = client.schedules();
    var done =
        expectedVersion == null
            ? schedules.set(name, request)
            : schedules.set(name, request, expectedVersion);
    if (output.json()) {
      print(Json.line(ScheduleJson.of(done)));
    } else {
      show(done);
    }
    return ExitCode.OK;
  }

  private ScheduleRequest request() {
    var definition =
        rule.definition()
            .missed(ScheduleText.missed(missed))
            .overlap(ScheduleText.overlap(overlap));
    if (missedLimit != null) {
      if (!missed.equals("all")) {
        throw new IllegalArgumentException("expected --missed-limit with --missed all only");
      }
      definition.missedAll(missedLimit);
    }
    if (runsMax != null) {
      // The server reads 0 as "no bound", but a person means "none" by it.
      if (runsMax < 1) {
        throw new IllegalArgumentException("expected --runs-max of 1 or more, got " + runsMax);
      }
      definition.runsMax(runsMax);
    }
    return definition.task(task.request(kind, payload, terminal.in()).build());
  }

  private void show(SetScheduleResponse done) {
    var schedule = done.getSchedule();
    var next = ", next run: " + ScheduleText.next(schedule, terminal.clock());
    if (done.getCreated()) {
      print("created " + schedule.getName() + next);
    } else if (!done.getChanged()) {
      print("unchanged " + schedule.getName() + next);
    } else {
      print("changed " + schedule.getName() + " to version " + schedule.getVersion() + next);
      print("before: " + ScheduleText.inOneLine(done.getPrevious()));
    }
  }
}
