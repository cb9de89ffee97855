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
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The registry of a node that is alone in its cluster, with probes as the registries of others; and
 * once the registries of two nodes, which find each other by the receptionist. What is made of
 * membership and answers is decided by {@link ClusterPicture} and {@link WorkersPicture}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NodeRegistryTest {

  private static final Duration SOON = Duration.ofSeconds(30);

  private final Member crane = new Member("crane");
  private final Registry registry = new Registry(crane);

  /** Stop those that play the others. */
  private final List<Runnable> others = new ArrayList<>();

  @BeforeAll
  void join() {
    crane.join(crane);
  }

  @AfterEach
  void forget() {
    others.forEach(Runnable::run);
    others.clear();
    registry.restart();
  }

  @AfterAll
  void stop() {
    crane.kit.shutdownTestKit();
  }

  // ---- Two nodes

  @Test
  void nodesKnowOfEachOtherWhereToSendWorkersAndWhichWorkersEachHas() {
    var ibis = new Member("ibis");
    var heron = new Member("heron");
    try {
      ibis.join(ibis);
      heron.join(ibis);
      var one = new Registry(ibis);
      var other = new Registry(heron);
      one.ref.tell(new NodeRegistry.Serves("ibis:7460", () -> 0));
      other.ref.tell(new NodeRegistry.Serves("heron:7460", () -> 0));
      one.connect("wren");
      other.connect("robin");

      for (var asked : List.of(one, other)) {
        asked.await(
            () -> {
              var nodes = asked.nodes();
              assertThat(nodes).hasSize(2).allMatch(Node::getAnswered);
              assertThat(nodes).allMatch(node -> node.getState() == NodeState.NODE_STATE_UP);
              assertThat(nodes)
                  .extracting(node -> node.getReport().getEndpoint())
                  .containsExactlyInAnyOrder("ibis:7460", "heron:7460");
              return nodes;
            });
        assertThat(asked.workers().getSilentNodesList()).isEmpty();
        assertThat(asked.workers().getWorkersList())
            .extracting(Worker::getWorkerId, Worker::getNodeName)
            .containsExactly(tuple("robin", "heron"), tuple("wren", "ibis"));
      }
      assertThat(one.elsewhere.endpoints()).containsExactly("heron:7460");
      assertThat(other.elsewhere.endpoints()).containsExactly("ibis:7460");

      heron.kit.stop(other.ref);
      var workers =
          one.await(
              () -> {
                var now = one.workers();
                assertThat(now.getSilentNodesCount()).isEqualTo(1);
                return now;
              });
      assertThat(workers.getSilentNodes(0))
          .isEqualTo(MemberView.hostAndPort(heron.cluster.selfMember().address()));
      assertThat(workers.getWorkersList()).extracting(Worker::getWorkerId).containsExactly("wren");
    } finally {
      heron.kit.shutdownTestKit();
      ibis.kit.shutdownTestKit();
    }
  }

  // ---- One node

  @Test
  void aNodeAloneListsItself() {
    registry.ref.tell(new NodeRegistry.Serves("crane:7460", () -> 3));
    var partition = crane.kit.<Object>spawn(Behaviors.empty());
    registry.ref.tell(new NodeRegistry.Owns(2, partition));

    var node = registry.self();

    assertThat(node.getState()).isEqualTo(NodeState.NODE_STATE_UP);
    assertThat(node.getReachable()).isTrue();
    assertThat(node.getAnswered()).isTrue();
    assertThat(node.getDispatcher()).isFalse();
    assertThat(node.getReport().getEndpoint()).isEqualTo("crane:7460");
    assertThat(node.getReport().getSessions()).isEqualTo(3);
    assertThat(node.getReport().getPartitionsList()).containsExactly(2);
    assertThat(registry.elsewhere.endpoints()).isEmpty();

    crane.kit.stop(partition);
    registry.await(
        () -> {
          var now = registry.self().getReport().getPartitionsList();
          assertThat(now).isEmpty();
          return now;
        });
  }

  @Test
  void theOthersHearAtOnceThatANodeServesAndThatTheDispatcherIsThere() {
    var other = other();
    registry.ref.tell(new NodeRegistry.Serves("crane:7460", () -> 0));
    assertThat(told(other).endpoint()).isEqualTo("crane:7460");

    registry.ref.tell(new NodeRegistry.Dispatches(4, crane.kit.spawn(Behaviors.empty())));

    assertThat(told(other).dispatcherEpoch()).isEqualTo(4);
    registry.awaitLeadership(new Leadership.Seen(4, 0, true));
    assertThat(registry.self().getDispatcher()).isTrue();
  }

  @Test
  void aDispatcherThatEndedIsNotHereAnyMore() {
    var dispatcher = crane.kit.<Object>spawn(Behaviors.empty());
    registry.ref.tell(new NodeRegistry.Dispatches(4, dispatcher));
    registry.awaitLeadership(new Leadership.Seen(4, 0, true));

    crane.kit.stop(dispatcher);

    registry.awaitLeadership(new Leadership.Seen(4, 0, false));
  }

  @Test
  void whoHearsOfALaterDispatcherNoLongerTakesItsOwnForThatOne() {
    registry.ref.tell(new NodeRegistry.Dispatches(4, crane.kit.spawn(Behaviors.empty())));

    registry.ref.tell(new NodeRegistry.Told(facts("heron", "heron:7460", 5)));

    registry.awaitLeadership(new Leadership.Seen(5, 1, false));
  }

  @Test
  void whatIsLostBetweenNodesIsKnownOnceSomebodyAsksForAll() {
    var heron =
        crane.kit.spawn(
            Behaviors.receive(NodeRegistry.FromNode.class)
                .onMessage(
                    NodeRegistry.Describe.class,
                    question -> {
                      question.replyTo().tell(facts("heron", "heron:7460", 7));
                      return Behaviors.same();
                    })
                .onAnyMessage(message -> Behaviors.same())
                .build());
    register(heron, () -> crane.kit.stop(heron));

    registry.await(
        () -> {
          var self = registry.self();
          assertThat(registry.leadership.now()).isEqualTo(new Leadership.Seen(7, 0, false));
          return self;
        });
  }

  @Test
  void whoDoesNotAnswerKeepsNobodyFromAnAnswer() {
    var deaf = other();
    registry.connect("wren");

    assertThat(registry.self().getAnswered()).as("itself").isTrue();
    assertThat(registry.workers().getWorkersList())
        .extracting(Worker::getWorkerId)
        .containsExactly("wren");
    assertThat(deaf.receiveMessage(SOON)).isInstanceOf(NodeRegistry.FromNode.class);
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

  // ---- What is played ---------------------------------------------------------------------------

  /** The registry of another node, which answers nothing; known to the registry. */
  private TestProbe<NodeRegistry.FromNode> other() {
    TestProbe<NodeRegistry.FromNode> other = crane.kit.createTestProbe();
    register(other.getRef(), other::stop);
    other.fishForMessage(
        SOON,
        message ->
            message instanceof NodeRegistry.Describe
                ? FishingOutcomes.complete()
                : FishingOutcomes.continueAndIgnore());
    return other;
  }

  private void register(ActorRef<NodeRegistry.FromNode> other, Runnable stop) {
    others.add(stop);
    crane.kit.system().receptionist().tell(Receptionist.register(NodeRegistry.KEY, other));
  }

  /** What the registry tells the other unasked. */
  private static NodeFacts told(TestProbe<NodeRegistry.FromNode> other) {
    var told =
        other.fishForMessage(
            SOON,
            message ->
                message instanceof NodeRegistry.Told
                    ? FishingOutcomes.complete()
                    : FishingOutcomes.continueAndIgnore());
    return ((NodeRegistry.Told) told.get(0)).facts();
  }

  /** An actor system, and its place in the cluster. */
  private static final class Member {

    private final String name;
    private final ActorTestKit kit;
    private final Cluster cluster;

    Member(String name) {
      this.name = name;
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
    }

    void join(Member first) {
      cluster.manager().tell(Join.create(first.cluster.selfMember().address()));
      kit.createTestProbe()
          .awaitAssert(
              SOON,
              () -> {
                var up = MemberView.of(cluster.state());
                assertThat(up).hasSize(first == this ? 1 : 2);
                assertThat(up).allMatch(member -> member.state() == NodeState.NODE_STATE_UP);
                return up;
              });
    }
  }

  /** The registry of one member, with what it keeps up to date. */
  private static final class Registry {

    private final Member on;
    private Elsewhere elsewhere;
    private Leadership leadership;
    private WorkerRoster roster;
    private ActorRef<NodeRegistry.Command> ref;

    Registry(Member on) {
      this.on = on;
      start();
    }

    /** Another one in its place, which knows nothing, and no other one beside it. */
    void restart() {
      on.kit.stop(ref);
      start();
    }

    private void start() {
      var identity = NodeRegistry.identity(on.cluster, on.name, "box", 42, "1.2.3", 1500);
      roster =
          new WorkerRoster(
              EdgeSettings.from(ConfigFactory.load()).roster(),
              System::nanoTime,
              Clock.systemUTC());
      elsewhere = NodeRegistry.elsewhere(on.cluster, identity);
      leadership = new Leadership();
      ref =
          on.kit.spawn(
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

    void connect(String worker) {
      EdgeWorkers.connect(roster, worker, System.nanoTime());
    }

    List<Node> nodes() {
      var asker = on.kit.<ListNodesResponse>createTestProbe();
      ref.tell(new NodeRegistry.Show(asker.getRef()));
      return asker.receiveMessage(SOON).getNodesList();
    }

    /** The only node of the cluster. */
    Node self() {
      var nodes = nodes();
      assertThat(nodes).hasSize(1);
      return nodes.get(0);
    }

    ListWorkersResponse workers() {
      var asker = on.kit.<ListWorkersResponse>createTestProbe();
      ref.tell(new NodeRegistry.ShowWorkers(asker.getRef()));
      return asker.receiveMessage(SOON);
    }

    <T> T await(Supplier<T> assertion) {
      return on.kit.createTestProbe().awaitAssert(SOON, assertion::get);
    }

    void awaitLeadership(Leadership.Seen expected) {
      await(
          () -> {
            assertThat(leadership.now()).isEqualTo(expected);
            return expected;
          });
    }
  }
}
