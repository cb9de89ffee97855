package io.reeve.node.cluster;

import static io.reeve.node.cluster.ClusterPictureTest.facts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.typesafe.config.ConfigFactory;
import io.reeve.edge.EdgeSettings;
import io.reeve.edge.grpc.worker.EdgeWorkers;
import io.reeve.edge.grpc.worker.WorkerRoster;
import io.reeve.v1.ListNodesResponse;
import io.reeve.v1.ListWorkersResponse;
import io.reeve.v1.Node;
import io.reeve.v1.NodeState;
import io.reeve.v1.Worker;
import io.reeve.v1.WorkerStatus;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Registries of two nodes, each in an actor system of its own. */
class NodeRegistryTest {

  private static final Duration SOON = Duration.ofSeconds(30);

  private final Running crane = new Running("crane");
  private final Running heron = new Running("heron");

  @AfterEach
  void stop() {
    heron.kit.shutdownTestKit();
    crane.kit.shutdownTestKit();
  }

  @Test
  void aNodeAloneListsItself() {
    crane.join(crane);
    crane.registry.tell(new NodeRegistry.Serves("crane:7460", () -> 3));
    var partition = crane.kit.spawn(Behaviors.empty(), "partition");
    crane.registry.tell(new NodeRegistry.Owns(2, partition));

    var node = crane.awaitNodes(1).get(0);

    assertThat(node.getState()).isEqualTo(NodeState.NODE_STATE_UP);
    assertThat(node.getReachable()).isTrue();
    assertThat(node.getAnswered()).isTrue();
    assertThat(node.getDispatcher()).isFalse();
    assertThat(node.getReport().getEndpoint()).isEqualTo("crane:7460");
    assertThat(node.getReport().getSessions()).isEqualTo(3);
    assertThat(node.getReport().getPartitionsList()).containsExactly(2);
    assertThat(crane.elsewhere.endpoints()).isEmpty();

    crane.kit.stop(partition);
    crane
        .kit
        .createTestProbe()
        .awaitAssert(
            SOON,
            () -> {
              var now = crane.awaitNodes(1).get(0).getReport().getPartitionsList();
              assertThat(now).isEmpty();
              return now;
            });
  }

  @Test
  void nodesKnowOfEachOtherAndWhereToSendWorkers() {
    both();
    crane.registry.tell(new NodeRegistry.Serves("crane:7460", () -> 0));
    heron.registry.tell(new NodeRegistry.Serves("heron:7460", () -> 0));

    for (var asked : List.of(crane, heron)) {
      asked
          .kit
          .createTestProbe()
          .awaitAssert(
              SOON,
              () -> {
                var nodes = asked.awaitNodes(2);
                assertThat(nodes).allMatch(Node::getAnswered);
                assertThat(nodes)
                    .extracting(node -> node.getReport().getEndpoint())
                    .containsExactlyInAnyOrder("crane:7460", "heron:7460");
                return nodes;
              });
    }

    assertThat(crane.elsewhere.endpoints()).containsExactly("heron:7460");
    assertThat(heron.elsewhere.endpoints()).containsExactly("crane:7460");
  }

  @Test
  void eachNodeKnowsWhereTheDispatcherIs() {
    both();
    var first = crane.kit.spawn(Behaviors.empty(), "dispatcher");
    var second = heron.kit.spawn(Behaviors.empty(), "dispatcher");

    crane.registry.tell(new NodeRegistry.Dispatches(4, first));
    crane.awaitDispatcher("crane");
    heron.awaitDispatcher("crane");
    assertThat(crane.leadership.now()).isEqualTo(new Leadership.Seen(4, 0, true));
    assertThat(heron.leadership.now()).isEqualTo(new Leadership.Seen(4, 0, false));

    crane.kit.stop(first);
    crane.awaitLeadership(new Leadership.Seen(4, 0, false));
    heron.registry.tell(new NodeRegistry.Dispatches(5, second));
    crane.awaitDispatcher("heron");
    heron.awaitDispatcher("heron");
    assertThat(crane.leadership.now()).isEqualTo(new Leadership.Seen(5, 1, false));
    assertThat(heron.leadership.now()).isEqualTo(new Leadership.Seen(5, 1, true));
  }

  @Test
  void whoHearsOfALaterDispatcherNoLongerTakesItsOwnForThatOne() {
    both();
    crane.registry.tell(
        new NodeRegistry.Dispatches(4, crane.kit.spawn(Behaviors.empty(), "dispatcher")));
    heron.registry.tell(
        new NodeRegistry.Dispatches(5, heron.kit.spawn(Behaviors.empty(), "dispatcher")));

    crane.awaitLeadership(new Leadership.Seen(5, 1, false));
  }

  @Test
  void whoDoesNotAnswerKeepsNobodyFromAnAnswer() {
    crane.join(crane);
    var deaf = crane.kit.<NodeRegistry.FromNode>createTestProbe();
    crane.kit.system().receptionist().tell(Receptionist.register(NodeRegistry.KEY, deaf.getRef()));
    deaf.expectMessageClass(NodeRegistry.Describe.class, SOON);

    var nodes = crane.awaitNodes(1);

    assertThat(nodes.get(0).getAnswered()).as("itself").isTrue();
  }

  @Test
  void everyMessageBetweenNodesSurvivesTheWay() {
    var serialization = crane.kit.serializationTestKit();
    ActorRef<NodeFacts> asker = crane.kit.<NodeFacts>createTestProbe().getRef();

    serialization.verifySerialization(facts("crane", "crane:7460", 5), true);
    serialization.verifySerialization(new NodeRegistry.Describe(asker), true);
    serialization.verifySerialization(new NodeRegistry.Told(facts("crane", "crane:7460", 5)), true);
    ActorRef<WorkersHere> curious = crane.kit.<WorkersHere>createTestProbe().getRef();
    serialization.verifySerialization(new NodeRegistry.DescribeWorkers(curious), true);
    var wren = WorkersPictureTest.worker("wren", WorkerStatus.WORKER_STATUS_ONLINE);
    var here = WorkersPictureTest.here("crane", wren);
    var there = serialization.verifySerialization(here, false);
    assertThat(there.node()).isEqualTo(here.node());
    assertThat(there.workers()).isEqualTo(here.workers());
  }

  @Test
  void anyNodeListsTheWorkersOfAll() {
    both();
    crane.connect("wren");
    heron.connect("robin");

    for (var asked : List.of(crane, heron)) {
      var workers = asked.awaitWorkers();
      assertThat(workers.getSilentNodesList()).isEmpty();
      assertThat(workers.getWorkersList())
          .extracting(Worker::getWorkerId, Worker::getNodeName)
          .containsExactly(tuple("robin", "heron"), tuple("wren", "crane"));
    }
  }

  @Test
  void aNodeThatAnswersNothingIsNamedAndKeepsNobodyFromAnAnswer() {
    both();
    crane.connect("wren");
    heron.kit.stop(heron.registry);

    var workers =
        crane
            .kit
            .createTestProbe()
            .awaitAssert(
                SOON,
                () -> {
                  var now = crane.awaitWorkers();
                  assertThat(now.getSilentNodesCount()).isEqualTo(1);
                  return now;
                });

    assertThat(workers.getSilentNodes(0))
        .isEqualTo(MemberView.hostAndPort(heron.cluster.selfMember().address()));
    assertThat(workers.getWorkersList()).extracting(Worker::getWorkerId).containsExactly("wren");
  }

  private void both() {
    crane.join(crane);
    heron.join(crane);
    for (var asked : List.of(crane, heron)) {
      asked
          .kit
          .createTestProbe()
          .awaitAssert(
              SOON,
              () -> {
                var nodes = asked.awaitNodes(2);
                assertThat(nodes).allMatch(Node::getAnswered);
                return nodes;
              });
    }
  }

  private static final class Running {

    private final ActorTestKit kit;
    private final Cluster cluster;
    private final Elsewhere elsewhere;
    private final Leadership leadership = new Leadership();
    private final WorkerRoster roster;
    private final ActorRef<NodeRegistry.Command> registry;

    Running(String name) {
      kit =
          ActorTestKit.create(
              "nodes",
              ConfigFactory.parseString(
                      "pekko.actor.provider = cluster,"
                          + " pekko.remote.artery.canonical.hostname = 127.0.0.1,"
                          + " pekko.remote.artery.canonical.port = 0,"
                          + " pekko.cluster.periodic-tasks-initial-delay = 50ms,"
                          + " pekko.cluster.gossip-interval = 100ms,"
                          + " pekko.cluster.leader-actions-interval = 100ms,"
                          + " pekko.cluster.distributed-data.gossip-interval = 200ms,"
                          + " pekko.cluster.distributed-data.notify-subscribers-interval = 100ms")
                  .withFallback(ConfigFactory.load()));
      cluster = Cluster.get(kit.system());
      var identity = NodeRegistry.identity(cluster, name, "box", 42, "1.2.3", 1500);
      roster =
          new WorkerRoster(
              EdgeSettings.from(ConfigFactory.load()).roster(),
              System::nanoTime,
              Clock.systemUTC());
      elsewhere = NodeRegistry.elsewhere(cluster, identity);
      registry =
          kit.spawn(
              NodeRegistry.create(
                  identity,
                  new ProcessLoad(() -> 0, ManagementFactory.getMemoryMXBean(), System::nanoTime),
                  ClusterSettings.from(
                      ConfigFactory.parseString("reeve.cluster.answer-within = 500ms")
                          .withFallback(ConfigFactory.load())),
                  elsewhere,
                  leadership,
                  new NodeRegistry.KnownWorkers(roster::sessions, 3 << 20)));
    }

    void join(Running first) {
      cluster.manager().tell(Join.create(first.cluster.selfMember().address()));
      awaitNodes(first == this ? 1 : 2);
    }

    void connect(String worker) {
      EdgeWorkers.connect(roster, worker, System.nanoTime());
    }

    ListWorkersResponse awaitWorkers() {
      var asker = kit.<ListWorkersResponse>createTestProbe();
      registry.tell(new NodeRegistry.ShowWorkers(asker.getRef()));
      return asker.receiveMessage(SOON);
    }

    /** The nodes, once so many are up. */
    List<Node> awaitNodes(int count) {
      var asker = kit.<ListNodesResponse>createTestProbe();
      return asker.awaitAssert(
          SOON,
          () -> {
            registry.tell(new NodeRegistry.Show(asker.getRef()));
            var nodes = asker.receiveMessage(SOON).getNodesList();
            assertThat(nodes).hasSize(count);
            assertThat(nodes).allMatch(node -> node.getState() == NodeState.NODE_STATE_UP);
            return nodes;
          });
    }

    void awaitLeadership(Leadership.Seen expected) {
      kit.createTestProbe()
          .awaitAssert(
              SOON,
              () -> {
                assertThat(leadership.now()).isEqualTo(expected);
                return expected;
              });
    }

    void awaitDispatcher(String name) {
      kit.createTestProbe()
          .awaitAssert(
              SOON,
              () -> {
                var at = awaitNodes(2).stream().filter(Node::getDispatcher).toList();
                assertThat(at).extracting(node -> node.getReport().getName()).containsExactly(name);
                return at;
              });
    }
  }
}
