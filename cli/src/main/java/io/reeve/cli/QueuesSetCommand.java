package io.reeve.cli;

import io.reeve.client.ReeveClient;
import io.reeve.client.ReeveException;
import io.reeve.v1.LaneMode;
import io.reeve.v1.LanePreference;
import io.reeve.v1.Queue;
import io.reeve.v1.SetQueueRequest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code reeve queues set}. */
@Command(
    name = "set",
    description = {
      "Sets rules of a queue. Rules that are not given stay as they are, and so does a pause.",
      "--weight is the share of the queue while tasks of several queues wait for the same workers:"
          + " one with weight 4 starts four times as many as one with weight 1, which is the"
          + " default.",
      "--lanes says which lane goes first while tasks wait in both: 'strict', the default (urgent"
          + " first, and one of reeve.dispatcher.normal-every is a normal one); 'alternate' (each"
          + " in its turn); or two shares such as 80:20, the urgent lane first."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve queues set mail --weight 4",
      "  reeve queues set mail --lanes 80:20 --reason 'newsletters must not wait all day'",
      "  reeve queues set mail --weight 1 --lanes strict"
    })
final class QueuesSetCommand extends ClientCommand {

  private static final Pattern SHARES = Pattern.compile("(\\d{1,4}):(\\d{1,4})");

  /** Others may change the queue between the read and the write. */
  private static final int TRIES = 5;

  @Mixin QueueChangeOptions change = new QueueChangeOptions();

  @Option(names = "--weight", paramLabel = "N", description = "Share of the queue, 1 to 1000.")
  @Nullable Integer weight;

  @Option(
      names = "--lanes",
      paramLabel = "MODE",
      description = "strict, alternate, or two shares such as 80:20, 1 to 1000 each.")
  @Nullable String lanes;

  @Option(
      names = "--expected-version",
      paramLabel = "N",
      description =
          "Change nothing unless the queue has this version, as 'reeve queues get --output json'"
              + " shows it.")
  @Nullable Long expectedVersion;

  QueuesSetCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    var preference = lanes == null ? null : preference(lanes);
    var queue = set(client, preference);
    print(output.json() ? Json.line(QueueText.json(queue)) : QueueText.sentence(queue));
    return ExitCode.OK;
  }

  private Queue set(ReeveClient client, @Nullable LanePreference preference) {
    for (var tries = 1; ; tries++) {
      var before = client.queue(change.queue);
      var settings = before.getSettings().toBuilder();
      if (weight != null) {
        settings.setWeight(weight);
      }
      if (preference != null) {
        settings.setLanes(preference);
      }
      var request =
          SetQueueRequest.newBuilder()
              .setName(change.queue)
              .setSettings(settings)
              .setExpectedVersion(expectedVersion == null ? before.getVersion() : expectedVersion)
              .setBy(change.by)
              .setReason(change.reason);
      try {
        return client.setQueue(request.build());
      } catch (ReeveException refused) {
        if (!refused.reason().equals("VERSION_CHANGED")
            || expectedVersion != null
            || tries == TRIES) {
          throw refused;
        }
      }
    }
  }

  private static LanePreference preference(String text) {
    var shares = SHARES.matcher(text);
    if (shares.matches()) {
      return LanePreference.newBuilder()
          .setMode(LaneMode.LANE_MODE_WEIGHTED)
          .setUrgentShare(Integer.parseInt(shares.group(1)))
          .setNormalShare(Integer.parseInt(shares.group(2)))
          .build();
    }
    return switch (text) {
      case "strict" -> mode(LaneMode.LANE_MODE_STRICT);
      case "alternate" -> mode(LaneMode.LANE_MODE_ALTERNATE);
      default ->
          throw new TypeConversionException(
              "expected strict, alternate or shares such as 80:20 for --lanes, got '" + text + "'");
    };
  }

  private static LanePreference mode(LaneMode mode) {
    return LanePreference.newBuilder().setMode(mode).build();
  }
}
