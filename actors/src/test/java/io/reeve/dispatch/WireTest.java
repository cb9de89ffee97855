package io.reeve.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.reeve.domain.dispatch.CreditTotals;
import io.reeve.domain.dispatch.Demand;
import io.reeve.domain.dispatch.EpochStarted;
import io.reeve.domain.dispatch.WorkerKind;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskProfile;
import io.reeve.domain.task.TaskState;
import io.reeve.partition.Assignment;
import io.reeve.partition.Clients;
import io.reeve.partition.Grants;
import io.reeve.partition.Leases;
import io.reeve.partition.Partition;
import io.reeve.partition.Wire;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.SerializationTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Every message between dispatcher, sessions and partitions survives the way to another node. */
class WireTest {

  private static final ActorTestKit KIT =
      ActorTestKit.create(
          ConfigFactory.parseString("pekko.actor.provider = local")
              .withFallback(ConfigFactory.load()));
  private static final TaskClass MAIL = new TaskClass("mail", "send", Lane.URGENT);

  private final SerializationTestKit serialization = KIT.serializationTestKit();

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @Test
  void everyMessageOfTheDispatcherRoundTrips() {
    var credit = new CreditTotals(8, 2, 10, 7, 0);
    ActorRef<Dispatcher.ToSession> session = KIT.<Dispatcher.ToSession>createTestProbe().getRef();
    ActorRef<Leases.ToSession> delivery = KIT.<Leases.ToSession>createTestProbe().getRef();
    ActorRef<Dispatcher.Command> self = KIT.<Dispatcher.Command>createTestProbe().getRef();
    ActorRef<Dispatcher.EpochShown> reader = KIT.<Dispatcher.EpochShown>createTestProbe().getRef();
    ActorRef<Dispatcher.DemandShown> asker = KIT.<Dispatcher.DemandShown>createTestProbe().getRef();

    roundTrip(
        Dispatcher.Command.class,
        new Dispatcher.Register(
            "h", 1, "w", "p", List.of("mail"), Set.of("*"), credit, session, delivery),
        new Dispatcher.CreditChanged("h", 1, credit, session),
        new Dispatcher.SessionEnded("h", 1, session),
        new Dispatcher.ShowEpoch(reader),
        new Dispatcher.ShowDemand(new WorkerKind(Set.of("mail"), Set.of("*")), asker));
    roundTrip(
        Dispatcher.ToSession.class,
        new Dispatcher.Registered(7, self),
        new Dispatcher.Superseded(),
        new Dispatcher.RegisterAgain(),
        new Dispatcher.PartitionRestarted(3));
    serialization.verifySerialization(new Dispatcher.EpochShown(1), true);
    serialization.verifySerialization(
        new Dispatcher.DemandShown(1, new Demand(1, 2, 3, 4, 5, 6, 7, 8, 9)), true);
  }

  @Test
  void everyMessageOfPartitionsToDispatcherAndSessionsRoundTrips() {
    ActorRef<Partition.Command> self = KIT.<Partition.Command>createTestProbe().getRef();
    var ready = List.of(new Grants.ReadyCount(MAIL, 5));
    var uses = List.of(new Grants.GrantUse(4, 2, true));
    var rejection = new Rejection(Rejection.Code.STALE_LEASE, "expected fence 2, got 1");

    roundTrip(
        Grants.ToDispatcher.class,
        new Grants.Inventory(1, 2, 3, ready, self),
        new Grants.Report(1, 2, 3, 4, ready, uses),
        new Grants.Superseded(7));
    roundTrip(
        Leases.ToSession.class,
        new Leases.SettleAcked(1, 2, List.of(new Leases.RefusedSettlement(3, 4, rejection))),
        new Leases.LeasesEnded(
            1, List.of(new Leases.EndedLease(3, 4, Leases.EndReason.TIMED_OUT, "late"))),
        new Leases.Attached(1, 2, List.of(new Leases.LeaseKey(3, 4))),
        new Leases.LeasesHeld(1, List.of(new Leases.LeaseKey(3, 4))),
        assigned());
  }

  @Test
  void everyMessageToPartitionsRoundTrips() {
    ActorRef<Clients.Reply> client = KIT.<Clients.Reply>createTestProbe().getRef();
    ActorRef<Leases.ToSession> session = KIT.<Leases.ToSession>createTestProbe().getRef();
    ActorRef<Grants.ToDispatcher> dispatcher = KIT.<Grants.ToDispatcher>createTestProbe().getRef();
    var key = new Leases.LeaseKey(3, 4);

    roundTrip(
        Partition.Command.class,
        Clients.Submit.of("r", 1, List.of(), client),
        new Clients.FindRequest("r", 1, client),
        new Clients.Get(3, client),
        new Clients.ListTasks(
            0, 10, 100, 1 << 20, false, Set.of(TaskState.READY), "q", "k", "t", client),
        new Clients.Watch(3, client),
        new Clients.Cancel(3, "enough", client),
        new Grants.Greet(7, dispatcher),
        new Grants.Grant(7, 1, MAIL, 5, "h", 1, "w", session),
        new Grants.StandingGrant(7, 1, Set.of("*"), Set.of("mail"), 5, "h", 1, "w", session),
        new Grants.Revoke(7, List.of(1L, 2L)),
        new Leases.Attach("h", 1, session, List.of(key)),
        new Leases.Renew("h", 1, session),
        new Grants.Audit(
            7,
            2,
            5,
            4,
            List.of(new Grants.ReadyCount(MAIL, 5)),
            List.of(new Grants.GrantUse(4, 2, true)),
            dispatcher),
        new Leases.Settle("h", 1, List.of(), session),
        new Leases.ReportProgress(3, 4, 50.0, "half"),
        new Leases.HolderGone("h", 1, true, session),
        new Partition.HandOff());
  }

  /** What holds bytes is compared field by field: arrays are not equal by themselves. */
  @Test
  void whatHoldsBytesRoundTripsToo() {
    ActorRef<Clients.Reply> client = KIT.<Clients.Reply>createTestProbe().getRef();
    ActorRef<Leases.ToSession> session = KIT.<Leases.ToSession>createTestProbe().getRef();
    var profile =
        new TaskProfile(
            MAIL,
            Priority.HIGH,
            300_000,
            60_000,
            new RetryPolicy(4, Duration.ofSeconds(10), Duration.ofMinutes(10), 2.0, 0.2),
            "tenant");
    var task = new Clients.NewTask(profile, 1, 2, new byte[] {1, 2});

    sameFields(Clients.Submit.of("r", 1, List.of(task), client));
    sameFields(
        new Leases.Settle(
            "h",
            1,
            List.of(
                Settlement.completed(3, 4, new byte[] {5}),
                Settlement.failed(
                    3, 4, new Failure(FailureType.ERROR, "broken", "E1"), true, 1000)),
            session));
  }

  @Test
  void aSubmissionIsHardlyLargerBetweenNodesThanAtTheEdge() {
    var specBytes = 800;
    var count = 10_000;
    ActorRef<Clients.Reply> client = KIT.<Clients.Reply>createTestProbe().getRef();
    var tasks = new ArrayList<Clients.NewTask>();
    for (var i = 0; i < count; i++) {
      var retry = new RetryPolicy(4, Duration.ofSeconds(10), Duration.ofMinutes(10), 2.0, 0.2);
      var profile = new TaskProfile(MAIL, Priority.HIGH, 300_000, 60_000, retry, "tenant");
      tasks.add(new Clients.NewTask(profile, 0, 0, new byte[specBytes]));
    }

    var submit = Clients.Submit.of("r", 1, tasks, client);

    assertThat(submit.profiles()).hasSize(1);
    assertThat(submit.packed()).hasSize(count);
    var bytes =
        SerializationExtension.get(Adapter.toClassic(KIT.system()))
            .serialize(submit.packed().get(0))
            .get();
    assertThat(bytes).hasSizeLessThan(specBytes + 60);
  }

  private void sameFields(Wire sent) {
    assertThat(serialization.verifySerialization(sent, false))
        .usingRecursiveComparison()
        .isEqualTo(sent);
  }

  /** Holds bytes, which records compare by identity; so it is compared as text of its parts. */
  private Leases.Assigned assigned() {
    var sent =
        new Leases.Assigned(
            1, List.of(new Assignment(3, 4, 1, Lane.NORMAL, 5, 6, 7, new byte[] {1, 2})));
    var received = serialization.verifySerialization(sent, false);
    assertThat(received).usingRecursiveComparison().isEqualTo(sent);
    return sent;
  }

  @Test
  void theEpochIsStoredUnderItsShortManifest() {
    serialization.verifySerialization(new EpochStarted(7, 1_000, "node-1"), true);
  }

  private void roundTrip(Class<?> protocol, Wire... messages) {
    for (var message : messages) {
      serialization.verifySerialization(message, !(message instanceof Leases.Assigned));
    }
    assertThat(Stream.of(messages).map(Object::getClass))
        .containsAll(messagesOf(protocol).toList());
  }

  private static Stream<Class<?>> messagesOf(Class<?> protocol) {
    return Arrays.stream(protocol.getPermittedSubclasses())
        .filter(type -> Modifier.isPublic(type.getModifiers()))
        .flatMap(type -> type.isInterface() ? messagesOf(type) : Stream.of(type));
  }
}
