package io.reeve.partition;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.RecipientRef;
import org.apache.pekko.actor.typed.Scheduler;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;

/**
 * The way to the partitions, wherever they run.
 *
 * @param count partitions there are, numbered from 0
 * @param region the shard region of this node
 */
public record Partitions(int count, RecipientRef<ShardingEnvelope<Partition.Command>> region) {

  /** Sends {@code command} to {@code partition}; delivered at most once. */
  public void tell(int partition, Partition.Command command) {
    region.tell(new ShardingEnvelope<>(Integer.toString(partition), command));
  }

  /** Asks {@code partition}; the stage fails with a TimeoutException after {@code timeout}. */
  public CompletionStage<Clients.Reply> ask(
      int partition,
      Function<ActorRef<Clients.Reply>, Partition.Command> command,
      Duration timeout,
      Scheduler scheduler) {
    return AskPattern.ask(
        region,
        (ActorRef<Clients.Reply> replyTo) ->
            new ShardingEnvelope<>(Integer.toString(partition), command.apply(replyTo)),
        timeout,
        scheduler);
  }
}
