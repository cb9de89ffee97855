package io.reeve.cli;

import io.reeve.client.ReeveClient;
import io.reeve.v1.ResumeQueueRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code reeve queues resume}. */
@Command(
    name = "resume",
    description = {
      "Ends the pause of a queue. Its tasks start within a second where workers are free.",
      "Resuming a queue that is not paused changes nothing."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  reeve queues resume mail --reason 'the provider is back'"})
final class QueuesResumeCommand extends ClientCommand {

  @Mixin QueueChangeOptions change = new QueueChangeOptions();

  QueuesResumeCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run(ReeveClient client) {
    var resumed =
        client.resumeQueue(
            ResumeQueueRequest.newBuilder()
                .setName(change.queue)
                .setReason(change.reason)
                .setBy(change.by)
                .build());
    if (output.json()) {
      print(Json.line(QueueText.json(resumed.getQueue(), resumed.getOwingPartitionsList())));
    } else {
      print(QueueText.sentence(resumed.getQueue()));
    }
    if (resumed.getOwingPartitionsCount() == 0) {
      return ExitCode.OK;
    }
    note(
        "partitions that did not answer and keep the pause until they do: "
            + QueueText.numbers(resumed.getOwingPartitionsList()));
    return ExitCode.PARTLY;
  }
}
