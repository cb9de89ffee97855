package io.reeve.cli;

import com.google.protobuf.Timestamp;
import io.reeve.client.ReeveClient;
import io.reeve.v1.PauseQueueRequest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reeve queues pause}. */
@Command(
    name = "pause",
    description = {
      "Lets no task of the queue start until somebody resumes it, or until an instant. Running"
          + " tasks go on, and submissions are accepted.",
      "When the command ends with exit code 0, no task of the queue starts any more, also if nodes"
          + " crash and restart. If a partition does not answer in time, the command names it and"
          + " ends with exit code 6. That partition may start tasks of the queue until it hears of"
          + " the pause. Repeat the command to wait for it again."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve queues pause mail --reason 'the provider is down'",
      "  reeve queues pause mail --until 2099-12-24T18:00:00Z"
    })
final class QueuesPauseCommand extends ClientCommand {

  @Mixin QueueChangeOptions change = new QueueChangeOptions();

  @Option(
      names = {"-u", "--until"},
      paramLabel = "INSTANT",
      converter = InstantText.class,
      description = "When the pause ends by itself. Default: when somebody resumes the queue.")
  @Nullable Instant until;

  QueuesPauseCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    var request =
        PauseQueueRequest.newBuilder()
            .setName(change.queue)
            .setReason(change.reason)
            .setBy(change.by);
    if (until != null) {
      request.setUntil(
          Timestamp.newBuilder().setSeconds(until.getEpochSecond()).setNanos(until.getNano()));
    }
    var paused = client.pauseQueue(request.build());
    if (output.json()) {
      print(Json.line(QueueText.json(paused.getQueue(), paused.getOwingPartitionsList())));
    } else {
      print(QueueText.sentence(paused.getQueue()));
    }
    if (paused.getOwingPartitionsCount() == 0) {
      return ExitCode.OK;
    }
    note(
        "partitions that did not answer and may still start tasks of the queue until they do: "
            + QueueText.numbers(paused.getOwingPartitionsList()));
    return ExitCode.PARTLY;
  }
}
