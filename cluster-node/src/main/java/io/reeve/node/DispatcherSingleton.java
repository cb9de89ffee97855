package io.reeve.node;

import io.reeve.dispatch.Dispatcher;
import io.reeve.node.cluster.Role;
import io.reeve.partition.Partition;
import io.reeve.partition.Partitions;
import java.time.Duration;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.typed.ClusterSingleton;
import org.apache.pekko.cluster.typed.ClusterSingletonSettings;
import org.apache.pekko.cluster.typed.SingletonActor;

/** Runs one dispatcher in the cluster, on a node that owns tasks. */
final class DispatcherSingleton {

  private static final Duration RESTART_AFTER_MIN = Duration.ofMillis(200);
  private static final Duration RESTART_AFTER_MAX = Duration.ofSeconds(5);

  private DispatcherSingleton() {}

  /** Returns the proxy that finds the dispatcher wherever it runs. */
  static ActorRef<Dispatcher.Command> start(
      ActorSystem<?> system, Behavior<Dispatcher.Command> dispatcher) {
    return ClusterSingleton.get(system)
        .init(
            SingletonActor.of(restarting(dispatcher), "dispatcher")
                .withSettings(ClusterSingletonSettings.create(system).withRole(Role.TASKS.word())));
  }

  /**
   * A crash of the dispatcher loses nothing: the restarted dispatcher takes a new epoch, greets
   * every partition, and has every session register again.
   */
  static Behavior<Dispatcher.Command> restarting(Behavior<Dispatcher.Command> dispatcher) {
    return Behaviors.supervise(dispatcher)
        .onFailure(
            SupervisorStrategy.restartWithBackoff(RESTART_AFTER_MIN, RESTART_AFTER_MAX, 0.2));
  }

  /**
   * Passes everything on to the partitions. A shard region that stops waits until it has nothing to
   * deliver. A dispatcher that greets partitions without an answer would keep it waiting for ten
   * seconds, so the node stops the gate before the region.
   */
  static Behavior<ShardingEnvelope<Partition.Command>> gate(Partitions partitions) {
    return Behaviors.receiveMessage(
        envelope -> {
          partitions.region().tell(envelope);
          return Behaviors.same();
        });
  }
}
