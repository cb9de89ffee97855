package io.reeve.cli;

import io.reeve.client.ReeveClient;
import io.reeve.client.Schedules;
import io.reeve.v1.ScheduleInstant;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reeve schedules next}. */
@Command(
    name = "next",
    description = {
      "Shows the next runs of a schedule, or of a rule that is tried out. Nothing changes.",
      "Each line has the time from now, the instant of the rule and, with a jitter, the instant of"
          + " the run."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve schedules next nightly --count 10",
      "  reeve schedules next --cron '0 9 * * mon-fri' --zone Asia/Tokyo",
      "  reeve schedules next cleanup --every 6h --jitter 10m --from 2026-12-24"
    })
final class ScheduleNextCommand extends ClientCommand {

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "NAME",
      description =
          "The name of a schedule; with a rule, the name that it would have, which decides about its"
              + " jitter.")
  @Nullable String name;

  @Mixin RuleOptions rule = new RuleOptions();

  @Option(
      names = "--from",
      paramLabel = "INSTANT",
      converter = InstantText.class,
      description = "With a rule: show runs after this instant. Default: now.")
  @Nullable Instant from;

  @Option(
      names = {"-n", "--count"},
      paramLabel = "N",
      defaultValue = "5",
      description = "How many runs to show, at most 1000. Default: 5.")
  int count = 5;

  ScheduleNextCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    if (count < 1) {
      throw new IllegalArgumentException("expected --count of 1 or more, got " + count);
    }
    for (var run : runs(client.schedules())) {
      print(
          output.json()
              ? Json.line(ScheduleJson.of(run))
              : ScheduleText.instant(run, terminal.clock()));
    }
    return ExitCode.OK;
  }

  private List<ScheduleInstant> runs(Schedules schedules) {
    if (rule.any() || name == null) {
      var after = from == null ? terminal.clock().instant() : from;
      var definition = rule.definition().withoutTask();
      return schedules.next(name == null ? "" : name, definition, after, count);
    }
    if (from != null) {
      throw new IllegalArgumentException("expected --from with a rule only");
    }
    return schedules.next(name, count);
  }
}
