package io.reeve.edge.calls;

import io.reeve.edge.EdgeSettings;
import io.reeve.partition.Clients;
import io.reeve.partition.Partition;
import io.reeve.partition.Partitions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Scheduler;

/**
 * Asks partitions on behalf of callers, within the bounds of the settings. What is safe to repeat
 * is sent again, because a partition that is moving drops messages. For any thread.
 */
final class PartitionAsks {

  private final Partitions partitions;
  private final EdgeSettings.Asks settings;
  private final Scheduler scheduler;

  PartitionAsks(Partitions partitions, EdgeSettings.Asks settings, Scheduler scheduler) {
    this.partitions = partitions;
    this.settings = settings;
    this.scheduler = scheduler;
  }

  /**
   * Sends a write to its partition and waits for the answer.
   *
   * @param repeatable whether a second one changes nothing; then each of several attempts waits for
   *     its share of the timeout
   */
  CompletionStage<Clients.Reply> write(
      int partition,
      Function<ActorRef<Clients.Reply>, Partition.Command> command,
      boolean repeatable) {
    var attempts = repeatable ? settings.writeAttempts() : 1;
    var outcomeUnknown = outcomeUnknown(partition, repeatable);
    return write(
        partition, command, settings.write().dividedBy(attempts), attempts, outcomeUnknown);
  }

  private CompletionStage<Clients.Reply> write(
      int partition,
      Function<ActorRef<Clients.Reply>, Partition.Command> command,
      Duration within,
      int attemptsLeft,
      EdgeRefusal outcomeUnknown) {
    return partitions
        .ask(partition, command, within, scheduler)
        .exceptionallyCompose(
            failure -> {
              if (!timedOut(failure)) {
                return CompletableFuture.failedFuture(failure);
              }
              return attemptsLeft > 1
                  ? write(partition, command, within, attemptsLeft - 1, outcomeUnknown)
                  : CompletableFuture.failedFuture(outcomeUnknown);
            });
  }

  /** Asks a partition for something that the question does not change. */
  CompletionStage<Clients.Reply> read(
      int partition, Function<ActorRef<Clients.Reply>, Partition.Command> command) {
    return read(partition, command, settings.readAttempts());
  }

  private CompletionStage<Clients.Reply> read(
      int partition,
      Function<ActorRef<Clients.Reply>, Partition.Command> command,
      int attemptsLeft) {
    return partitions
        .ask(partition, command, settings.read(), scheduler)
        .exceptionallyCompose(
            failure ->
                attemptsLeft > 1 && timedOut(failure)
                    ? read(partition, command, attemptsLeft - 1)
                    : CompletableFuture.failedFuture(failure));
  }

  private static boolean timedOut(Throwable failure) {
    return EdgeRefusal.unwrap(failure) instanceof TimeoutException;
  }

  private EdgeRefusal outcomeUnknown(int partition, boolean repeatable) {
    return new EdgeRefusal(
        Reason.OUTCOME_UNKNOWN,
        "expected an answer of partition "
            + partition
            + " within "
            + settings.write().toMillis()
            + " ms, got none; "
            + (repeatable
                ? "the same call may be sent again"
                : "look whether the call took effect before you send it again"));
  }

  /** The answer, of the only type that says yes. */
  static <T extends Clients.Reply> T expect(Class<T> type, Clients.Reply reply) {
    if (reply instanceof Clients.Refused refused) {
      throw EdgeRefusal.of(refused.rejection());
    }
    return type.cast(reply);
  }
}
