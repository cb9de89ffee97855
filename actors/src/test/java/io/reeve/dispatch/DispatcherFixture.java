package io.reeve.dispatch;

import com.typesafe.config.ConfigFactory;
import io.reeve.domain.dispatch.CreditTotals;
import io.reeve.domain.dispatch.Demand;
import io.reeve.domain.dispatch.WorkerKind;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.TaskClass;
import io.reeve.partition.Grants;
import io.reeve.partition.Grants.GrantUse;
import io.reeve.partition.Grants.ReadyCount;
import io.reeve.partition.Leases;
import io.reeve.partition.Partition;
import io.reeve.partition.Partitions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.junit.jupiter.api.AfterEach;

/** A dispatcher between two partitions and sessions that are probes. */
abstract class DispatcherFixture {

  static final TaskClass MAIL = new TaskClass("mail", "send", Lane.NORMAL, Priority.NORMAL);
  static final String EPOCH_ID = "dispatcher";

  final ActorTestKit kit =
      ActorTestKit.create(
          ManualTime.config()
              .withFallback(PersistenceTestKitPlugin.config())
              .withFallback(
                  ConfigFactory.parseString(
                      "pekko.actor.provider = local\n"
                          // Time that a test lets pass must not time a row out.
                          + "pekko.persistence.journal-plugin-fallback.circuit-breaker.call-timeout"
                          + " = 1d"))
              .withFallback(ConfigFactory.load()));
  final ManualTime time = ManualTime.get(kit.system());
  final PersistenceTestKit journal = PersistenceTestKit.create(kit.system());
  DispatcherSettings settings = DispatcherSettings.from(kit.system().settings().config());
  final TestProbe<ShardingEnvelope<Partition.Command>> region = kit.createTestProbe();
  final TestProbe<Partition.Command> partition0 = kit.createTestProbe();
  final TestProbe<Partition.Command> partition1 = kit.createTestProbe();
  final TestProbe<Dispatcher.ToSession> session = kit.createTestProbe();
  final TestProbe<Leases.ToSession> delivery = kit.createTestProbe();

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  record Running(ActorRef<Dispatcher.Command> self, ActorRef<Grants.ToDispatcher> fromPartitions) {}

  ActorRef<Dispatcher.Command> start() {
    var clock = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    return kit.spawn(
        Dispatcher.create(
            new Partitions(2, region.getRef()),
            settings,
            "n",
            clock,
            System::nanoTime,
            new TrimmedRows(),
            epoch -> {}));
  }

  Demand demand(ActorRef<Dispatcher.Command> dispatcher) {
    var reader = kit.<Dispatcher.DemandShown>createTestProbe();
    var any = new WorkerKind(Set.of(), Set.of());
    dispatcher.tell(new Dispatcher.ShowDemand(any, reader.getRef()));
    return reader.receiveMessage().demand();
  }

  /** Whoever is answered knows that the dispatcher is through with what made it send so far. */
  void timersAreSet(Running running) {
    var reader = kit.<Dispatcher.EpochShown>createTestProbe();
    running.self().tell(new Dispatcher.ShowEpoch(reader.getRef()));
    reader.receiveMessage();
  }

  Running running() {
    var self = start();
    var greet = greeting();
    greeting();
    greet.dispatcher().tell(inventory(0, 1, partition0));
    greet.dispatcher().tell(inventory(1, 1, partition1));
    return new Running(self, greet.dispatcher());
  }

  Grants.Greet greeting() {
    return (Grants.Greet) region.receiveMessage().message();
  }

  static Grants.Inventory inventory(
      int partition, long incarnation, TestProbe<Partition.Command> self) {
    return new Grants.Inventory(partition, incarnation, 1, List.of(), self.getRef(), 0);
  }

  static Grants.Report report(
      int partition, long lastSeq, List<ReadyCount> ready, List<GrantUse> uses) {
    return new Grants.Report(partition, 1, 1, lastSeq, ready, uses);
  }

  Dispatcher.Register register(String holder, int sessionNo, int capacity, int reserve) {
    return register(holder, sessionNo, capacity, reserve, session.getRef());
  }

  Dispatcher.Register register(
      String holder,
      int sessionNo,
      int capacity,
      int reserve,
      ActorRef<Dispatcher.ToSession> from) {
    return new Dispatcher.Register(
        holder,
        sessionNo,
        "worker-" + holder,
        "main",
        List.of("*"),
        Set.of("send"),
        Labels.NONE,
        "",
        new CreditTotals(capacity, reserve, 0, 0, 0),
        from,
        delivery.getRef());
  }

  void quiet() {
    partition0.expectNoMessage();
    partition1.expectNoMessage();
  }
}
