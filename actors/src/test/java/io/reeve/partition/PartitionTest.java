package io.reeve.partition;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reeve.domain.partition.Limits;
import io.reeve.domain.partition.LiveBudget;
import io.reeve.domain.partition.Now;
import io.reeve.domain.partition.PartitionSnapshot;
import io.reeve.domain.partition.Place;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.HeededRules;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskProfile;
import io.reeve.domain.task.TaskState;
import io.reeve.domain.task.WriterStarted;
import io.reeve.journal.JournalRetention;
import io.reeve.journal.JournalRoom;
import io.reeve.journal.PartitionRow;
import io.reeve.journal.RowPlace;
import io.reeve.journal.SnapshotSink;
import io.reeve.v1.TaskSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The shell around the rules: what is written, when, and what is said before and after. */
class PartitionTest {

  private static final int PARTITION = 3;
  private static final String ID = Partition.persistenceId(PARTITION).id();
  private static final TaskClass MAIL =
      new TaskClass("default", "mail", Lane.NORMAL, Priority.NORMAL);
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration LEASE_AUDIT = Duration.ofSeconds(5);

  private static final Config CONFIG =
      ManualTime.config()
          .withFallback(PersistenceTestKitPlugin.getInstance().config())
          .withFallback(PersistenceTestKitSnapshotPlugin.config())
          .withFallback(
              ConfigFactory.parseString(
                  // Time that a test lets pass must not time a row out that is on its way.
                  "pekko.persistence.journal-plugin-fallback.circuit-breaker.call-timeout ="
                      + " 1d"))
          .withFallback(ConfigFactory.load());

  private final ActorTestKit kit = ActorTestKit.create(CONFIG);
  private final ManualTime time = ManualTime.get(kit.system());
  private final PersistenceTestKit journal = PersistenceTestKit.create(kit.system());
  private final TestProbe<Clients.Reply> client = kit.createTestProbe();
  private final TestProbe<Leases.ToSession> session = kit.createTestProbe();
  private final TestProbe<Grants.ToDispatcher> dispatcher = kit.createTestProbe();
  private final AtomicLong wallMs = new AtomicLong(1_000_000);
  private final AtomicLong deadForgotten = new AtomicLong();
  private final Figures figures = new Figures();
  private final AtomicLong incarnations = new AtomicLong();

  private volatile JournalRoom room = JournalRoom.ENOUGH;
  private LiveBudget budget = LiveBudget.unbounded();

  private ActorRef<Partition.Command> partition;

  PartitionTest() {
    partition = start(100);
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void aSubmissionIsAnsweredAfterItsRowIsStored() {
    submit("r1", 1);

    var submitted = client.expectMessageClass(Clients.Submitted.class);

    assertThat(submitted.firstSequence()).isEqualTo(1);
    assertThat(rows()).hasSize(1);
  }

  @Test
  void theSameRequestIdHasOneEffectAndOneAnswerAlsoAfterARestart() {
    submit("r1", 2);
    var first = client.expectMessageClass(Clients.Submitted.class);

    kit.stop(partition);
    partition = start(100);
    submit("r1", 2);

    var second = client.expectMessageClass(Clients.Submitted.class);
    assertThat(second.firstSequence()).isEqualTo(first.firstSequence());
    assertThat(second.already()).isTrue();
    assertThat(rows()).hasSize(1);
  }

  @Test
  void aRequestIdIsFoundWithoutASubmissionAndNothingIsStoredForIt() {
    submit("r1", 2);
    var first = client.expectMessageClass(Clients.Submitted.class);

    partition.tell(new Clients.FindRequest("r1", 5, client.getRef()));
    partition.tell(new Clients.FindRequest("r1", 6, client.getRef()));
    partition.tell(new Clients.FindRequest("r2", 5, client.getRef()));

    var found = client.expectMessageClass(Clients.Submitted.class);
    assertThat(found.firstSequence()).isEqualTo(first.firstSequence());
    assertThat(found.count()).isEqualTo(2);
    assertThat(found.already()).isTrue();
    assertThat(client.expectMessageClass(Clients.Refused.class).rejection().code())
        .isEqualTo(Rejection.Code.REQUEST_ID_REUSED);
    client.expectMessage(new Clients.NeverSubmitted("r2"));
    assertThat(rows()).hasSize(1);
  }

  @Test
  void anIdleSystemStartsATaskInTheRowThatStoresIt() {
    greet(1);
    standing(1, 4);
    submit("", 1);
    client.expectMessageClass(Clients.Submitted.class);

    var assigned = session.expectMessageClass(Leases.Assigned.class);

    assertThat(assigned.assignments()).hasSize(1);
    assertThat(rows()).hasSize(1);

    settle(1, Settlement.completed(1, 1, new byte[] {42}));
    session.expectMessage(new Leases.SettleAcked(PARTITION, 1, List.of()));
    assertThat(rows()).hasSize(2);
    assertThat(get(1).state()).isEqualTo(TaskState.COMPLETED);
    assertThat(get(1).result()).containsExactly(42);
  }

  @Test
  void theDispatcherHearsAbsoluteFiguresForEachGrant() {
    greet(1);
    submit("", 5);
    client.expectMessageClass(Clients.Submitted.class);
    assertThat(dispatcher.expectMessageClass(Grants.Report.class).ready())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("headSubmittedMs")
        .containsExactly(new Grants.ReadyCount(MAIL, 5, 0));

    grant(1, 7, 3);

    var report = dispatcher.expectMessageClass(Grants.Report.class);
    assertThat(report.ready())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("headSubmittedMs")
        .containsExactly(new Grants.ReadyCount(MAIL, 2, 0));
    assertThat(report.grants()).containsExactly(new Grants.GrantUse(7, 3, true));
    assertThat(report.lastSeq()).isEqualTo(7);
    assertThat(session.expectMessageClass(Leases.Assigned.class).assignments()).hasSize(3);
  }

  @Test
  void aGrantOfAnOlderEpochLeasesNothing() {
    greet(2);
    submit("", 1);
    client.expectMessageClass(Clients.Submitted.class);

    grant(1, 1, 1);

    assertThat(get(1).state()).isEqualTo(TaskState.READY);
    session.expectNoMessage();
  }

  @Test
  void aLateSettlementOfALostLeaseIsRefusedAndTheTaskRunsAgain() {
    leaseOne();
    for (var quarter = 1; quarter <= 4; quarter++) {
      pass(LEASE.dividedBy(4));
      get(1);
    }
    var ended = leasesEnded();
    assertThat(ended.leases().get(0).reason()).isEqualTo(Leases.EndReason.LEASE_LOST);

    settle(1, Settlement.completed(1, 1, new byte[0]));

    var acked = session.expectMessageClass(Leases.SettleAcked.class);
    assertThat(acked.refused().get(0).rejection().code()).isEqualTo(Rejection.Code.STALE_LEASE);
    var task = get(1);
    assertThat(task.state()).isEqualTo(TaskState.READY);
    assertThat(task.attempt()).isZero();
    assertThat(task.losses()).isEqualTo(1);
  }

  @Test
  void figuresTellWhatRowsDidAndHowThePartitionIs() throws Exception {
    greet(1);
    submit("", 4);
    client.expectMessageClass(Clients.Submitted.class);
    wallMs.addAndGet(3_000);
    grant(1, 1, 3);
    session.expectMessageClass(Leases.Assigned.class);
    wallMs.addAndGet(500);
    settle(1, Settlement.completed(1, 1, new byte[0]));
    settle(2, Settlement.completed(1, 7, new byte[0]));
    settle(3, Settlement.failed(2, 1, new Failure(FailureType.ERROR, "m", "c"), false, 0));
    partition.tell(new Clients.Cancel(3, "", client.getRef()));
    client.expectMessageClass(Clients.Found.class);

    var looks = figures.look(5_000).toCompletableFuture().get(10, TimeUnit.SECONDS);
    var of = figures.of(MAIL);

    assertThat(Arrays.stream(Figures.Count.values()).filter(count -> of.of(count) > 0).toList())
        .containsExactly(
            Figures.Count.SUBMITTED,
            Figures.Count.STARTED,
            Figures.Count.COMPLETED,
            Figures.Count.RETRIED,
            Figures.Count.CANCELLED,
            Figures.Count.FAILED_ERROR);
    assertThat(of.of(Figures.Count.SUBMITTED)).isEqualTo(4);
    assertThat(of.of(Figures.Count.STARTED)).isEqualTo(3);
    assertThat(of.waits.sumSeconds()).isEqualTo(9);
    assertThat(of.runs.sumSeconds()).isEqualTo(0.5);
    assertThat(figures.staleSettlements()).isEqualTo(1);
    assertThat(figures.grants()).isEqualTo(1);
    assertThat(figures.commands()).isGreaterThanOrEqualTo(figures.batches());
    assertThat(LongStream.of(figures.writes().counts()).sum()).isEqualTo(rows().size());
    assertThat(looks)
        .containsExactly(
            new PartitionLook(
                1,
                1,
                0,
                0,
                2,
                0,
                Map.of("default", new PartitionLook.OfQueue(1, get(4).dueAtMs()))));
  }

  @Test
  void aTaskThatIsForgottenInTheRowOfItsEndHasNoRunTime() {
    restart(settings(100, 1, 1_000_000, 2));
    greet(1);
    submit("", 3);
    client.expectMessageClass(Clients.Submitted.class);
    grant(1, 1, 3);
    session.expectMessageClass(Leases.Assigned.class);
    wallMs.addAndGet(500);
    var ends = Stream.of(1, 2, 3).map(n -> Settlement.completed(n, 1, new byte[0])).toList();
    partition.tell(new Leases.Settle("h", 1, ends, session.getRef()));
    session.expectMessageClass(Leases.SettleAcked.class);
    get(3);

    assertThat(figures.of(MAIL).of(Figures.Count.COMPLETED)).isEqualTo(1);
    assertThat(figures.of(MAIL).runs.sumSeconds()).isEqualTo(0.5);
    assertThat(figures.others().of(Figures.Count.COMPLETED)).isEqualTo(2);
    assertThat(figures.others().runs.sumSeconds()).isZero();
  }

  @Test
  void aRenewedLeaseDoesNotRunOutAndIsNotWritten() {
    leaseOne();
    var rows = rows().size();

    for (var i = 0; i < 5; i++) {
      wallMs.addAndGet(20_000);
      time.timePasses(Duration.ofSeconds(20));
      partition.tell(new Leases.Renew("h", 1, session.getRef()));
      assertThat(get(1).state()).isEqualTo(TaskState.LEASED);
    }

    assertThat(rows()).hasSize(rows);
  }

  // ---- Room

  @Test
  void aStoreThatIsShortOfRoomTakesNoTaskAndGoesOnWithThoseItHas() {
    submit("r1", 1);
    client.expectMessageClass(Clients.Submitted.class);
    room = JournalRoom.LOW;

    submit("r2", 1);

    assertThat(client.expectMessageClass(Clients.Refused.class).rejection().code())
        .isEqualTo(Rejection.Code.STORE_FULL);
    partition.tell(new Clients.Cancel(1, "enough", client.getRef()));
    client.expectMessageClass(Clients.Found.class);
  }

  @Test
  void aStoreWithoutRoomIsReadAndWritesWaitUntilThereIsRoom() {
    submit("r1", 1);
    client.expectMessageClass(Clients.Submitted.class);
    var written = everyRow().count();
    room = JournalRoom.NONE;
    TestProbe<Clients.Reply> canceller = kit.createTestProbe();

    partition.tell(new Clients.Cancel(1, "enough", canceller.getRef()));

    assertThat(get(1).state()).isEqualTo(TaskState.READY);
    time.timePasses(Duration.ofSeconds(2));
    assertThat(get(1).state()).isEqualTo(TaskState.READY);
    assertThat(everyRow()).hasSize((int) written);

    room = JournalRoom.ENOUGH;
    time.timePasses(Duration.ofSeconds(1));
    canceller.expectMessageClass(Clients.Found.class);
    assertThat(get(1).state()).isEqualTo(TaskState.CANCELLED);
  }

  @Test
  void aPartitionThatStartsWithoutRoomIsReadAndClaimsItsJournalOnceThereIsRoom() {
    submit("r1", 1);
    client.expectMessageClass(Clients.Submitted.class);
    kit.stop(partition);
    var written = everyRow().count();
    room = JournalRoom.NONE;

    partition = start(100);

    assertThat(get(1).state()).isEqualTo(TaskState.READY);
    assertThat(everyRow()).hasSize((int) written);
    room = JournalRoom.ENOUGH;
    submit("r2", 1);
    client.expectMessageClass(Clients.Submitted.class);
    assertThat(everyRow()).hasSize((int) written + 2);
  }

  // ---- Audits

  @Test
  void sessionsAreAskedForTheirLeasesWhileThereAreSomeAndNothingIsWritten() {
    leaseOne();
    var rows = rows().size();

    for (var i = 0; i < 3; i++) {
      pass(LEASE_AUDIT);
      session.expectMessage(new Leases.LeasesHeld(PARTITION, List.of(new Leases.LeaseKey(1, 1))));
      partition.tell(new Leases.Renew("h", 1, session.getRef()));
    }
    assertThat(rows()).hasSize(rows);

    settle(1, Settlement.completed(1, 1, new byte[0]));
    session.expectMessageClass(Leases.SettleAcked.class);
    pass(LEASE_AUDIT);
    pass(LEASE_AUDIT);
    session.expectNoMessage();
  }

  @Test
  void aSessionThatRenewsAfterARestartIsAskedThoughItDidNotAttach() {
    leaseOne();
    kit.stop(partition);
    partition = start(100);

    partition.tell(new Leases.Renew("h", 1, session.getRef()));
    pass(LEASE_AUDIT);

    assertThat(session.expectMessageClass(Leases.LeasesHeld.class).leases())
        .containsExactly(new Leases.LeaseKey(1, 1));
  }

  @Test
  void anAuditThatIsRightIsNotAnswered() {
    leaseOne();
    submit("", 2);
    var ready = report(3).ready();

    audit(1, 1, ready, List.of());

    dispatcher.expectNoMessage();
  }

  @Test
  void anAuditIsAnsweredByAllThatIsOtherwise() {
    var bills = new TaskClass("default", "bill", Lane.NORMAL, Priority.NORMAL);
    greet(1);
    submit("", 2);
    client.expectMessageClass(Clients.Submitted.class);
    standing(1, 1);
    assertThat(session.expectMessageClass(Leases.Assigned.class).assignments()).hasSize(1);
    report(2);

    audit(
        7,
        0,
        List.of(new Grants.ReadyCount(bills, 4, 0)),
        List.of(
            new Grants.GrantUse(1, 0, false),
            new Grants.GrantUse(6, 0, false),
            new Grants.GrantUse(7, 2, true)));

    var report = dispatcher.expectMessageClass(Grants.Report.class);
    assertThat(report.lastSeq()).isEqualTo(7);
    assertThat(report.ready())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("headSubmittedMs")
        .containsExactlyInAnyOrder(
            new Grants.ReadyCount(bills, 0, 0), new Grants.ReadyCount(MAIL, 1, 0));
    assertThat(report.grants())
        .containsExactly(
            new Grants.GrantUse(1, 0, true),
            new Grants.GrantUse(6, 0, true),
            new Grants.GrantUse(7, 0, true));
  }

  @Test
  void aGrantOfWhatIsNotReadyIsAnsweredByTheCount() {
    greet(1);

    grant(1, 1, 5);

    var report = dispatcher.expectMessageClass(Grants.Report.class);
    assertThat(report.ready())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("headSubmittedMs")
        .containsExactly(new Grants.ReadyCount(MAIL, 0, 0));
    assertThat(report.grants()).containsExactly(new Grants.GrantUse(1, 0, true));
  }

  @Test
  void anAuditOfAnotherEpochOrStartIsAGreeting() {
    greet(1);

    partition.tell(auditOf(2, incarnations.get(), 0, 0, List.of(), List.of()));
    assertThat(dispatcher.expectMessageClass(Grants.Superseded.class).epoch()).isEqualTo(2);
    assertThat(dispatcher.expectMessageClass(Grants.Inventory.class).epoch()).isEqualTo(2);
    partition.tell(auditOf(2, incarnations.get() - 1, 0, 0, List.of(), List.of()));
    assertThat(dispatcher.expectMessageClass(Grants.Inventory.class).incarnation())
        .isEqualTo(incarnations.get());
    partition.tell(auditOf(1, incarnations.get(), 0, 0, List.of(), List.of()));
    assertThat(dispatcher.expectMessageClass(Grants.Superseded.class).epoch()).isEqualTo(2);
  }

  @Test
  void aBackoffEndsByTimerWithNoOtherTraffic() {
    leaseOne();
    var failure = new Failure(FailureType.ERROR, "no", "E1");
    settle(1, Settlement.failed(1, 1, failure, false, 0));
    session.expectMessageClass(Leases.SettleAcked.class);
    assertThat(get(1).state()).isEqualTo(TaskState.WAITING);
    while (!dispatcher.receiveMessage().equals(readyReport(0))) {
      // Reports of the lease before.
    }

    wallMs.addAndGet(10_001);
    time.timePasses(Duration.ofMillis(10_001));

    assertThat(dispatcher.expectMessageClass(Grants.Report.class).ready())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("headSubmittedMs")
        .containsExactly(new Grants.ReadyCount(MAIL, 1, 0));
  }

  @Test
  void aRowThatTheJournalRefusesIsAnsweredAsUnknownAndThePartitionComesBack() {
    journal.failNextPersisted(ID);
    submit("r1", 1);
    var refused = client.expectMessageClass(Clients.Refused.class);
    assertThat(refused.rejection().code()).isEqualTo(Rejection.Code.OUTCOME_UNKNOWN);

    submit("r1", 1);

    assertThat(((Clients.Submitted) afterSomeTime(client)).already()).isFalse();
    client.expectNoMessage();
  }

  @Test
  void aNewIncarnationTellsTheDispatcherWhereItStands() {
    greet(1);
    submit("", 1);
    client.expectMessageClass(Clients.Submitted.class);
    var first = incarnations.get();
    dispatcher.expectMessageClass(Grants.Report.class);

    journal.failNextPersisted(ID);
    submit("", 1);
    client.expectMessageClass(Clients.Refused.class);
    dispatcher.expectMessageClass(Grants.Report.class);

    var inventory = (Grants.Inventory) afterSomeTime(dispatcher);
    assertThat(inventory.incarnation()).isGreaterThan(first);
    assertThat(inventory.ready())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("headSubmittedMs")
        .containsExactly(new Grants.ReadyCount(MAIL, 1, 0));
  }

  @Test
  void eachStartTakesANumberThatAWriterBeforeItWouldUse() {
    assertThat(everyRow()).hasSize(1);

    kit.stop(partition);
    partition = start(100);

    assertThat(everyRow()).hasSize(2);
    assertThat(rows()).isEmpty();
  }

  @Test
  void aRestartedWriterKeepsToTheDispatcherOfTheHighestEpoch() {
    greet(2);
    TestProbe<Grants.ToDispatcher> late = kit.createTestProbe();
    partition.tell(new Grants.Greet(1, late.getRef(), HeededRules.NONE));
    late.expectMessage(new Grants.Superseded(2));

    journal.failNextPersisted(ID);
    submit("", 1);
    client.expectMessageClass(Clients.Refused.class);
    dispatcher.expectMessageClass(Grants.Report.class);

    assertThat(afterSomeTime(dispatcher)).isInstanceOf(Grants.Inventory.class);
    late.expectNoMessage();
  }

  @Test
  void theDispatcherBeforeIsToldThatAnotherIsHeeded() {
    greet(1);
    TestProbe<Grants.ToDispatcher> next = kit.createTestProbe();

    partition.tell(new Grants.Greet(2, next.getRef(), HeededRules.NONE));

    next.expectMessageClass(Grants.Inventory.class);
    dispatcher.expectMessage(new Grants.Superseded(2));
  }

  @Test
  void aDelayEndsSoonAfterTheWallClockWasSetForward() {
    greet(1);
    var task = tasks(1).get(0);
    var delayed = new Clients.NewTask(task.profile(), 0, 3_600_000, task.spec());
    partition.tell(new Clients.Submit("", 5, List.of(delayed), client.getRef()));
    client.expectMessageClass(Clients.Submitted.class);

    wallMs.addAndGet(3_600_000);

    var report = (Grants.Report) afterSteps(Duration.ofSeconds(2), dispatcher);
    assertThat(report.ready())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("headSubmittedMs")
        .containsExactly(new Grants.ReadyCount(MAIL, 1, 0));
  }

  @Test
  void leasesThatNeverReachedTheWorkerAreReleasedWhenItAttaches() {
    leaseOne();

    partition.tell(new Leases.Attach("h", 2, session.getRef(), List.of()));

    assertThat(session.expectMessageClass(Leases.Attached.class).lost()).isEmpty();
    var task = get(1);
    assertThat(task.state()).isEqualTo(TaskState.READY);
    assertThat(task.attempt()).isZero();
    assertThat(task.fence()).isEqualTo(1);
  }

  @Test
  void leasesOfLargeTasksTravelInSeveralMessages() {
    greet(1);
    var large = new ArrayList<Clients.NewTask>();
    for (var task : tasks(5)) {
      large.add(new Clients.NewTask(task.profile(), 0, 0, new byte[400_000]));
    }
    partition.tell(new Clients.Submit("", 5, large, client.getRef()));
    client.expectMessageClass(Clients.Submitted.class);

    grant(1, 1, 5);

    assertThat(session.expectMessageClass(Leases.Assigned.class).assignments()).hasSize(2);
    assertThat(session.expectMessageClass(Leases.Assigned.class).assignments()).hasSize(2);
    assertThat(session.expectMessageClass(Leases.Assigned.class).assignments()).hasSize(1);
  }

  @Test
  void classesThatAreTooManyForAMessageAreToldInSeveral() {
    var count = 90;
    submitOfManyClasses(count);

    partition.tell(new Grants.Greet(1, dispatcher.getRef(), HeededRules.NONE));

    var first = dispatcher.expectMessageClass(Grants.Inventory.class).ready();
    var rest = dispatcher.expectMessageClass(Grants.Report.class).ready();
    assertThat(first).hasSizeBetween(1, count - 1);
    assertThat(rest).hasSize(count - first.size()).doesNotContainAnyElementsOf(first);
  }

  @Test
  void ofAReportInSeveralMessagesTheLastTellsOfGrants() {
    var count = 90;
    submitOfManyClasses(count);
    greet(1);
    report(1);

    audit(7, 0, List.of(), List.of(new Grants.GrantUse(7, 0, false)));

    var first = dispatcher.expectMessageClass(Grants.Report.class);
    assertThat(first.ready()).hasSizeBetween(1, count - 1);
    assertThat(first.lastSeq()).isZero();
    assertThat(first.grants()).isEmpty();
    var last = dispatcher.expectMessageClass(Grants.Report.class);
    assertThat(last.ready()).hasSize(count - first.ready().size());
    assertThat(last.lastSeq()).isEqualTo(7);
    assertThat(last.grants()).containsExactly(new Grants.GrantUse(7, 0, true));

    audit(8, 7, List.of(), List.of());

    assertThat(dispatcher.expectMessageClass(Grants.Report.class).lastSeq()).isEqualTo(7);
    assertThat(dispatcher.expectMessageClass(Grants.Report.class).lastSeq()).isEqualTo(8);
  }

  /** Submits a task of each of so many classes; about 3 KiB name a class. */
  private void submitOfManyClasses(int count) {
    var kind = "k".repeat(1_000);
    var profile = tasks(1).get(0).profile();
    var various = new ArrayList<Clients.NewTask>();
    for (var i = 0; i < count; i++) {
      var other =
          new TaskProfile(
              new TaskClass("default", kind + i, Lane.NORMAL, profile.priority()),
              profile.executionTimeoutMs(),
              profile.queueTimeoutMs(),
              profile.retry(),
              profile.tenant());
      various.add(new Clients.NewTask(other, 0, 0, new byte[1]));
    }
    partition.tell(new Clients.Submit("", 5, various, client.getRef()));
    client.expectMessageClass(Clients.Submitted.class);
  }

  @Test
  void aSessionThatWasSupersededIsToldAndChangesNothing() {
    leaseOne();
    var held = List.of(new Leases.LeaseKey(1, 1));
    partition.tell(new Leases.Attach("h", 3, session.getRef(), held));
    session.expectMessageClass(Leases.Attached.class);

    TestProbe<Leases.ToSession> old = kit.createTestProbe();
    partition.tell(new Leases.Attach("h", 2, old.getRef(), List.of()));
    partition.tell(new Leases.HolderGone("h", 2, true, old.getRef()));

    assertThat(old.expectMessageClass(Leases.Attached.class).sessionNo()).isEqualTo(3);
    assertThat(get(1).state()).isEqualTo(TaskState.LEASED);
  }

  /** Several sessions may resume a holder at once, and have the same number. */
  @Test
  void aSessionThatLivesGetsWorkThoughAnotherOfItsNumberEnded() {
    greet(1);
    TestProbe<Leases.ToSession> other = kit.createTestProbe();
    partition.tell(new Leases.Attach("h", 1, session.getRef(), List.of()));
    partition.tell(new Leases.Attach("h", 1, other.getRef(), List.of()));
    session.expectMessageClass(Leases.Attached.class);
    partition.tell(new Leases.HolderGone("h", 1, true, other.getRef()));
    submit("", 1);
    client.expectMessageClass(Clients.Submitted.class);

    grant(1, 1, 1);
    session.expectMessage(new Leases.AttachAgain(PARTITION));
    partition.tell(new Leases.Attach("h", 1, session.getRef(), List.of()));
    session.expectMessageClass(Leases.Attached.class);
    grant(1, 2, 1);

    assertThat(session.expectMessageClass(Leases.Assigned.class).assignments()).hasSize(1);
  }

  @Test
  void clientsOverTheBoundAreRefusedAndNothingIsLost() {
    kit.stop(partition);
    partition = start(2);
    var probes = new ArrayList<TestProbe<Clients.Reply>>();
    for (var i = 0; i < 200; i++) {
      var probe = kit.<Clients.Reply>createTestProbe();
      probes.add(probe);
      partition.tell(new Clients.Submit("", 0, tasks(1), probe.getRef()));
    }

    var taken = 0;
    for (var probe : probes) {
      var reply = probe.receiveMessage();
      if (reply instanceof Clients.Refused refused) {
        assertThat(refused.rejection().code()).isEqualTo(Rejection.Code.OVERLOADED);
      } else {
        taken++;
      }
    }
    partition.tell(
        new Clients.ListTasks(
            0, 1000, 1000, 1 << 20, false, Set.of(), "", "", "", client.getRef()));
    assertThat(client.expectMessageClass(Clients.Listed.class).tasks()).hasSize(taken);
  }

  @Test
  void aWatcherHearsEveryChangeUntilTheEnd() {
    leaseOne();
    partition.tell(new Clients.Watch(1, client.getRef()));
    assertThat(client.expectMessageClass(Clients.Found.class).task().state())
        .isEqualTo(TaskState.LEASED);

    partition.tell(new Leases.ReportProgress(1, 1, 40, "half way"));
    var progress = client.expectMessageClass(Clients.Found.class).task().progress();
    assertThat(progress).isEqualTo(new TaskView.Progress(40, "half way", wallMs.get()));

    partition.tell(new Clients.Cancel(1, "enough", kit.<Clients.Reply>createTestProbe().ref()));
    var last = client.expectMessageClass(Clients.Found.class).task();
    assertThat(last.state()).isEqualTo(TaskState.CANCELLED);
    assertThat(last.cancelReason()).isEqualTo("enough");
    var ended = session.expectMessageClass(Leases.LeasesEnded.class);
    assertThat(ended.leases().get(0).reason()).isEqualTo(Leases.EndReason.CANCELLED);
  }

  // ---- What a row may hold, and commands that fail

  @Test
  void tasksThatExpireTogetherAreCutOverSeveralRowsAndOthersComeBetween() {
    restart(settings(100, 100, 1_000_000, 2, 10));
    var task = tasks(1, 60_000).get(0);
    partition.tell(new Clients.Submit("", 5, Collections.nCopies(35, task), client.getRef()));
    client.expectMessageClass(Clients.Submitted.class);
    var before = eventsARow().size();

    pass(Duration.ofSeconds(60));
    for (var step = 0; step < 100 && rows().size() < before + 4; step++) {
      time.timePasses(Duration.ofMillis(2));
      assertThat(get(1).state()).isEqualTo(TaskState.EXPIRED);
    }

    assertThat(get(35).state()).isEqualTo(TaskState.EXPIRED);
    assertThat(eventsARow().stream().skip(before)).containsExactly(10, 10, 10, 5);
  }

  @Test
  void leasesOfALostHolderAreCutOverSeveralRows() {
    restart(settings(100, 100, 1_000_000, 2, 10));
    greet(1);
    submit("", 25);
    client.expectMessageClass(Clients.Submitted.class);
    grant(1, 1, 25);
    session.expectMessageClass(Leases.Assigned.class);
    get(1);
    var before = eventsARow().size();

    for (var step = 0; step < 9; step++) {
      pass(LEASE.dividedBy(8));
      get(1);
    }
    for (var step = 0; step < 100 && get(25).state() == TaskState.LEASED; step++) {
      pass(Duration.ofMillis(2));
    }

    assertThat(eventsARow().stream().skip(before)).containsExactly(10, 10, 5);
  }

  @Test
  void standingGrantsLeaseOverSeveralRowsWithoutAnotherCommand() {
    restart(settings(100, 100, 1_000_000, 2, 10));
    greet(1);
    standing(1, 25);
    submit("", 25);
    client.expectMessageClass(Clients.Submitted.class);

    var leased = session.expectMessageClass(Leases.Assigned.class).assignments().size();
    assertThat(leased).isEqualTo(10);
    while (leased < 25) {
      var assigned = (Leases.Assigned) afterSteps(Duration.ofMillis(2), session);
      assertThat(assigned.assignments()).hasSizeBetween(1, 10);
      leased += assigned.assignments().size();
    }
    assertThat(leased).isEqualTo(25);
  }

  @Test
  void aCommandThatARuleFailsOverIsSetAsideAndTheOthersOfItsBatchAreCarriedOut() {
    leaseOne();
    @SuppressWarnings("NullAway") // As a node with a fault, or of another release, might send it.
    var poison = new Settlement(1, 1, null, new byte[0], null, false, 0, "");

    submit("r1", 1);
    partition.tell(new Leases.Settle("h", 9, List.of(poison), session.getRef()));
    submit("r2", 1);

    client.expectMessageClass(Clients.Submitted.class);
    var acked = session.expectMessageClass(Leases.SettleAcked.class);
    assertThat(acked.batch()).isEqualTo(9);
    assertThat(acked.refused().get(0).rejection().code()).isEqualTo(Rejection.Code.INTERNAL);
    assertThat(((Clients.Submitted) afterSomeTime(client)).already()).isFalse();
    assertThat(get(1).state()).isEqualTo(TaskState.LEASED);
    partition.tell(
        new Clients.ListTasks(0, 100, 100, 1 << 20, false, Set.of(), "", "", "", client.getRef()));
    assertThat(client.expectMessageClass(Clients.Listed.class).tasks()).hasSize(3);
  }

  // ---- What the heap has room for

  @Test
  void aSubmissionThatTheHeapHasNoRoomForIsRefusedAndRoomComesBackWithItsTasks() {
    var mib = 1L << 20;
    budget = new LiveBudget(2 * mib, 4 * mib, needed -> {});
    restart(settings(100, 100, 1_000_000, 2));
    var large = new Clients.NewTask(tasks(1).get(0).profile(), 0, 0, new byte[1_000_000]);

    for (var i = 0; i < 2; i++) {
      partition.tell(new Clients.Submit("", 5, List.of(large), client.getRef()));
      client.expectMessageClass(Clients.Submitted.class);
    }
    partition.tell(new Clients.Submit("", 5, List.of(large), client.getRef()));
    assertThat(client.expectMessageClass(Clients.Refused.class).rejection().code())
        .isEqualTo(Rejection.Code.OVER_CAPACITY);
    partition.tell(new Clients.Cancel(1, "enough", client.getRef()));
    client.expectMessageClass(Clients.Found.class);
    partition.tell(new Clients.Submit("", 5, List.of(large), client.getRef()));
    client.expectMessageClass(Clients.Submitted.class);

    kit.stop(partition);
    assertThat(budget.used()).isZero();
  }

  @Test
  void aPartitionThatTheHeapHasNoRoomForDoesNotStartAndSaysWhatItNeeds() {
    var large = new Clients.NewTask(tasks(1).get(0).profile(), 0, 0, new byte[1_000_000]);
    for (var i = 0; i < 3; i++) {
      partition.tell(new Clients.Submit("", 5, List.of(large), client.getRef()));
      client.expectMessageClass(Clients.Submitted.class);
    }
    kit.stop(partition);
    TestProbe<Long> exhausted = kit.createTestProbe();
    budget = new LiveBudget(1 << 20, 2 << 20, needed -> exhausted.getRef().tell(needed));
    var surroundings = surroundings(new ControlledSink(), new KeepsAll());

    kit.spawn(Partition.create(PARTITION, settings(100, 100, 1_000_000, 2), surroundings));

    assertThat(exhausted.receiveMessage()).isEqualTo(3L << 20);
  }

  @Test
  void aWriterThatStartsAgainFindsTheRoomThatTheOneBeforeItHad() {
    var mib = 1L << 20;
    budget = new LiveBudget(4 * mib, 4 * mib, needed -> {});
    restart(settings(100, 100, 1_000_000, 2));
    var large = new Clients.NewTask(tasks(1).get(0).profile(), 0, 0, new byte[1_000_000]);
    for (var i = 0; i < 3; i++) {
      partition.tell(new Clients.Submit("", 5, List.of(large), client.getRef()));
      client.expectMessageClass(Clients.Submitted.class);
    }
    journal.failNextPersisted(ID);
    partition.tell(new Clients.Cancel(1, "enough", client.getRef()));
    client.expectMessageClass(Clients.Refused.class);
    partition.tell(new Clients.Get(1, client.getRef()));

    assertThat(budget.used()).isEqualTo(3 * mib);
    var found = (Clients.Found) afterSomeTime(client);
    assertThat(found.task().state()).isEqualTo(TaskState.READY);
    assertThat(budget.used()).isEqualTo(3 * mib);
  }

  @Test
  void aTaskIsLocatedAmongTheReadyOnes() {
    partition.tell(new Clients.Submit("", 5, tasks(3), client.getRef()));
    client.expectMessageClass(Clients.Submitted.class);
    partition.tell(new Clients.Locate(3, client.getRef()));
    var third = client.expectMessageClass(Clients.Located.class);
    assertThat(third.place()).isEqualTo(new Place(2, false));
    assertThat(third.task().state()).isEqualTo(TaskState.READY);
    assertThat(third.profile()).isEqualTo(tasks(1).get(0).profile());

    partition.tell(new Clients.Cancel(1, "enough", client.getRef()));
    client.expectMessageClass(Clients.Found.class);
    partition.tell(new Clients.Locate(3, client.getRef()));
    assertThat(client.expectMessageClass(Clients.Located.class).place().ahead()).isEqualTo(1);
    partition.tell(new Clients.Locate(1, client.getRef()));
    assertThat(client.expectMessageClass(Clients.Located.class).place()).isEqualTo(Place.FIRST);

    partition.tell(new Clients.Locate(9, client.getRef()));
    assertThat(client.expectMessageClass(Clients.Refused.class).rejection().code())
        .isEqualTo(Rejection.Code.UNKNOWN_TASK);
  }

  @Test
  void aSnapshotIsDueWhenAReplayWouldNeedMuchMoreHeapThanTheTasksThatLive() {
    var mib = 1L << 20;
    budget = new LiveBudget(8 * mib, 10 * mib, needed -> {});
    kit.stop(partition);
    var sink = new ControlledSink();
    partition = start(settings(100, 100, 1_000_000, 2), sink, new KeepsAll());
    var large = new Clients.NewTask(tasks(1).get(0).profile(), 0, 0, new byte[1_000_000]);
    for (var i = 0; i < 4; i++) {
      partition.tell(new Clients.Submit("", 5, List.of(large), client.getRef()));
      client.expectMessageClass(Clients.Submitted.class);
    }
    partition.tell(new Clients.Cancel(1, "enough", client.getRef()));
    client.expectMessageClass(Clients.Found.class);
    partition.tell(new Clients.Cancel(2, "enough", client.getRef()));
    client.expectMessageClass(Clients.Found.class);
    assertThat(sink.taken()).isEmpty();
    partition.tell(new Clients.Cancel(3, "enough", client.getRef()));
    client.expectMessageClass(Clients.Found.class);

    client.awaitAssert(() -> assertThat(sink.taken()).hasSize(1));
  }

  @Test
  void whoCancelsATaskThatIsNotKnownIsToldWhich() {
    partition.tell(new Clients.Cancel(99_999, "enough", client.getRef()));

    var refusal = client.expectMessageClass(Clients.Refused.class).rejection();
    assertThat(refusal.code()).isEqualTo(Rejection.Code.UNKNOWN_TASK);
    assertThat(refusal.message()).isEqualTo("expected a known task, got 3-99999");
  }

  // ---- Pages

  @Test
  void aPageEndsWhenItsBytesDoAndGoesOnBehindIt() {
    var large = new Clients.NewTask(tasks(1).get(0).profile(), 0, 0, spec(400_000));
    partition.tell(new Clients.Submit("", 5, Collections.nCopies(10, large), client.getRef()));
    client.expectMessageClass(Clients.Submitted.class);

    var first = list(0, 1 << 20, false);
    assertThat(first.tasks()).hasSize(2);
    assertThat(first.next()).isEqualTo(2);
    var lean = list(2, 1 << 20, true);
    assertThat(lean.tasks()).hasSize(8);
    assertThat(lean.next()).isEqualTo(-1);
    assertThat(lean.tasks().get(0).spec()).isEqualTo(spec(0));
    var alone = list(4, 100, false);
    assertThat(alone.tasks()).hasSize(1);
    assertThat(alone.next()).isEqualTo(5);
  }

  private Clients.Listed list(long after, long bytesMax, boolean omitBytes) {
    partition.tell(
        new Clients.ListTasks(
            after, 1000, 1000, bytesMax, omitBytes, Set.of(), "", "", "", client.getRef()));
    return client.expectMessageClass(Clients.Listed.class);
  }

  private static byte[] spec(int payloadBytes) {
    return TaskSpec.newBuilder()
        .setKind("mail")
        .setPayload(ByteString.copyFrom(new byte[payloadBytes]))
        .setQueue("default")
        .build()
        .toByteArray();
  }

  // ---- Sessions that were superseded

  @Test
  void afterARestartTheLatestSessionIsAskedWhicheverSpokeFirst() {
    leaseOne();
    restart(settings(100, 100, 1_000_000, 2, 4096));
    TestProbe<Leases.ToSession> old = kit.createTestProbe();

    partition.tell(new Leases.Renew("h", 1, old.getRef()));
    partition.tell(new Leases.Renew("h", 2, session.getRef()));
    partition.tell(new Leases.Renew("h", 1, old.getRef()));
    listOne();
    pass(LEASE_AUDIT);

    assertThat(session.expectMessageClass(Leases.LeasesHeld.class).leases()).hasSize(1);
    partition.tell(new Leases.Attach("h", 1, old.getRef(), List.of()));
    assertThat(old.expectMessageClass(Leases.Attached.class).sessionNo()).isEqualTo(2);
    assertThat(get(1).state()).isEqualTo(TaskState.LEASED);
  }

  @Test
  void thePercentageOfAnAttemptNeverFalls() {
    leaseOne();
    partition.tell(new Leases.ReportProgress(1, 1, 40, "half way"));
    partition.tell(new Leases.ReportProgress(1, 1, 30, "further"));

    assertThat(get(1).progress()).isEqualTo(new TaskView.Progress(40, "further", wallMs.get()));
  }

  private void restart(Partition.Settings settings) {
    kit.stop(partition);
    partition = start(settings, new ControlledSink(), new KeepsAll());
  }

  // ---- Snapshots

  @Test
  void rowsBehindTheOldestSnapshotThatIsKeptAreLetGo() {
    var sink = startWithSnapshots(3);
    // The first snapshot is that of the claim row, the second of the third row behind it.
    for (var task = 1; task <= 4; task++) {
      submitAndCancel(task);
      sink.begun().complete(null);
    }

    trims.expectMessage(2L);
    trims.expectMessage(5L);
  }

  @Test
  void repliesDoNotWaitForASnapshotAndASecondOneDoes() {
    var sink = startWithSnapshots(2);
    submitAndCancel(1);
    var stored = sink.begun();

    for (var task = 2; task <= 20; task++) {
      submitAndCancel(task);
    }

    assertThat(sink.taken()).hasSize(1);
    stored.complete(null);
    submitAndCancel(21);
    assertThat(sink.taken()).hasSize(2);
  }

  @Test
  void aSnapshotHoldsItsRowsAndNothingOfLaterOnes() {
    var sink = startWithSnapshots(2);
    sink.begun().complete(null);
    submit("", 2);
    client.expectMessageClass(Clients.Submitted.class);
    partition.tell(new Clients.Cancel(1, "enough", client.getRef()));
    client.receiveMessage();
    listOne();
    partition.tell(new Clients.Cancel(2, "enough", client.getRef()));
    client.receiveMessage();
    submit("", 1);
    client.expectMessageClass(Clients.Submitted.class);

    var snapshot = sink.taken().get(1);

    assertThat(snapshot.sequenceNr()).isEqualTo(everyRow().count() - 2);
    assertThat(snapshot.frozen().nextSequence()).isEqualTo(3);
    assertThat(snapshot.frozen().tasks())
        .singleElement()
        .isInstanceOf(Task.Queued.class)
        .extracting(task -> task.spec().sequence())
        .isEqualTo(2L);
  }

  @Test
  void aSnapshotThatFailsIsTakenAgainAfterAMinuteAndItsRowsStay() {
    var sink = startWithSnapshots(2);
    submitAndCancel(1);
    sink.begun().complete(null);
    submitAndCancel(2);
    sink.begun().completeExceptionally(new IllegalStateException("the disk is full"));
    submitAndCancel(3);
    assertThat(sink.taken()).hasSize(2);
    trims.expectNoMessage();

    pass(Duration.ofSeconds(60));
    submitAndCancel(4);

    assertThat(sink.taken()).hasSize(3);
    sink.begun().complete(null);
    trims.expectMessage(2L);
  }

  private final TestProbe<Long> trims = kit.createTestProbe();

  private ControlledSink startWithSnapshots(int kept) {
    kit.stop(partition);
    var sink = new ControlledSink();
    partition = start(settings(100, 0, 1, kept), sink, new Trims(trims));
    listOne();
    return sink;
  }

  private void submitAndCancel(long task) {
    submit("", 1);
    client.expectMessageClass(Clients.Submitted.class);
    partition.tell(new Clients.Cancel(task, "enough", client.getRef()));
    client.receiveMessage();
    listOne();
  }

  /** Its answer follows all that the row before it brought about. */
  private void listOne() {
    partition.tell(
        new Clients.ListTasks(0, 1, 1, 1 << 20, false, Set.of(), "", "", "", client.getRef()));
    client.expectMessageClass(Clients.Listed.class);
  }

  /** Takes one snapshot at a time and stores it when the test says so. */
  private static final class ControlledSink implements SnapshotSink {

    record Taken(long sequenceNr, PartitionSnapshot frozen, CompletableFuture<Void> stored) {}

    private final List<Taken> taken = new CopyOnWriteArrayList<>();

    @Override
    public Optional<CompletionStage<Void>> store(
        String persistenceId, long sequenceNr, long atMs, Supplier<PartitionSnapshot> freeze) {
      if (taken.stream().anyMatch(snapshot -> !snapshot.stored().isDone())) {
        return Optional.empty();
      }
      var snapshot = new Taken(sequenceNr, freeze.get(), new CompletableFuture<>());
      taken.add(snapshot);
      return Optional.of(snapshot.stored());
    }

    List<Taken> taken() {
      return taken;
    }

    /** The snapshot that is being stored. */
    CompletableFuture<Void> begun() {
      var last = taken.get(taken.size() - 1).stored();
      assertThat(last).isNotDone();
      return last;
    }
  }

  // ---- Words of the story ----------------------------------------------------------------------

  private ActorRef<Partition.Command> start(int pendingMax) {
    return start(settings(pendingMax, 100, 1_000_000, 2), new ControlledSink(), new KeepsAll());
  }

  private static Partition.Settings settings(
      int pendingMax, int finishedMax, long snapshotRowsMin, int snapshotsKept) {
    return settings(pendingMax, finishedMax, snapshotRowsMin, snapshotsKept, 4096);
  }

  private static Partition.Settings settings(
      int pendingMax, int finishedMax, long snapshotRowsMin, int snapshotsKept, int eventsMax) {
    return new Partition.Settings(
        new Limits(
            1_000_000,
            1 << 30,
            new Limits.Kept(finishedMax, 1 << 20, 3_600_000),
            new Limits.Kept(finishedMax, 1 << 20, 3_600_000),
            new Limits.Requests(1 << 20, 60_000, 86_400_000),
            new Limits.Schedules(1_000, 1 << 20, 3_600_000),
            new Limits.UniqueKeys(1_000, 1 << 20, null),
            LEASE.toNanos(),
            LEASE_AUDIT.toNanos(),
            new Limits.Ended(1_000, 600_000)),
        new Partition.Queue(pendingMax, 100, 1 << 20),
        new Partition.BatchMax(1000, 1 << 20, eventsMax),
        10,
        new Partition.Snapshots(
            1_000_000,
            snapshotRowsMin,
            snapshotsKept,
            new Partition.Backoff(Duration.ofSeconds(60), Duration.ofMinutes(15), 0)),
        new Partition.Backoff(Duration.ofMillis(100), Duration.ofSeconds(1), 0.1));
  }

  private ActorRef<Partition.Command> start(
      Partition.Settings settings, SnapshotSink snapshots, JournalRetention retention) {
    var started =
        kit.spawn(Partition.create(PARTITION, settings, surroundings(snapshots, retention)));
    started.tell(
        new Clients.ListTasks(0, 1, 1, 1 << 20, false, Set.of(), "", "", "", client.getRef()));
    client.expectMessageClass(Clients.Listed.class);
    return started;
  }

  private Partition.Surroundings surroundings(SnapshotSink snapshots, JournalRetention retention) {
    return new Partition.Surroundings(
        () -> new Now(wallMs.get(), wallMs.get() * 1_000_000),
        () -> 0.5,
        incarnations::incrementAndGet,
        failure -> false,
        () -> room,
        budget,
        snapshots,
        retention,
        deadForgotten::addAndGet,
        figures);
  }

  /** Rows that tell more than a start. */
  private List<PartitionRow> rows() {
    var events = new RowReader();
    return everyRow().filter(row -> events.count(row) > 0).toList();
  }

  /** How many events each row has that tells something. */
  private List<Integer> eventsARow() {
    var events = new RowReader();
    return everyRow().map(events::count).filter(n -> n > 0).toList();
  }

  /** Reads the rows of the partition in turn, from the first on. */
  private static final class RowReader {
    private long number;

    int count(PartitionRow row) {
      return (int)
          row.events(new RowPlace(ID, ++number), profile -> profile).stream()
              .filter(event -> !(event instanceof WriterStarted))
              .count();
    }
  }

  private Stream<PartitionRow> everyRow() {
    return journal.persistedInStorage(ID).stream().map(PartitionRow.class::cast);
  }

  /** Lets rows go by their number only. */
  private record Trims(TestProbe<Long> upTo) implements JournalRetention {
    @Override
    public CompletionStage<Long> trim(String persistenceId, long toSequenceNr) {
      upTo.getRef().tell(toSequenceNr);
      return CompletableFuture.completedFuture(0L);
    }

    @Override
    public CompletionStage<Long> dropSnapshotsBelow(String persistenceId, long sequenceNr) {
      return CompletableFuture.completedFuture(0L);
    }
  }

  private static final class KeepsAll implements JournalRetention {
    @Override
    public CompletionStage<Long> trim(String persistenceId, long toSequenceNr) {
      return CompletableFuture.completedFuture(0L);
    }

    @Override
    public CompletionStage<Long> dropSnapshotsBelow(String persistenceId, long sequenceNr) {
      return CompletableFuture.completedFuture(0L);
    }
  }

  /** The next message to the probe, which follows some timer that may not be set yet. */
  private <T> T afterSomeTime(TestProbe<T> probe) {
    return afterSteps(Duration.ofMillis(200), probe);
  }

  private <T> T afterSteps(Duration step, TestProbe<T> probe) {
    for (var i = 0; i < 60; i++) {
      time.timePasses(step);
      try {
        return probe.receiveMessage(Duration.ofMillis(100));
      } catch (AssertionError nothingYet) {
        assertThat(i).as("steps of %s without a message", step).isLessThan(59);
      }
    }
    throw new AssertionError("expected a message within 60 steps of " + step + ", got none");
  }

  private void leaseOne() {
    greet(1);
    submit("", 1);
    client.expectMessageClass(Clients.Submitted.class);
    grant(1, 1, 1);
    session.expectMessageClass(Leases.Assigned.class);
    // Whoever is answered knows that the partition set its timer for the end of the lease.
    assertThat(get(1).state()).isEqualTo(TaskState.LEASED);
  }

  /** Leases that ended without their worker; audits come before. */
  private Leases.LeasesEnded leasesEnded() {
    var message = session.receiveMessage();
    while (message instanceof Leases.LeasesHeld) {
      message = session.receiveMessage();
    }
    return (Leases.LeasesEnded) message;
  }

  private void pass(Duration by) {
    wallMs.addAndGet(by.toMillis());
    time.timePasses(by);
  }

  /** The last of so many reports that follow. */
  private Grants.Report report(int count) {
    for (var i = 1; i < count; i++) {
      dispatcher.expectMessageClass(Grants.Report.class);
    }
    return dispatcher.expectMessageClass(Grants.Report.class);
  }

  private void audit(
      long sentSeq, long heardSeq, List<Grants.ReadyCount> ready, List<Grants.GrantUse> standing) {
    partition.tell(auditOf(1, incarnations.get(), sentSeq, heardSeq, ready, standing));
  }

  private Grants.Audit auditOf(
      long epoch,
      long incarnation,
      long sentSeq,
      long heardSeq,
      List<Grants.ReadyCount> ready,
      List<Grants.GrantUse> standing) {
    return new Grants.Audit(
        epoch,
        incarnation,
        sentSeq,
        heardSeq,
        ready,
        standing,
        dispatcher.getRef(),
        HeededRules.NONE);
  }

  private void greet(long epoch) {
    partition.tell(new Grants.Greet(epoch, dispatcher.getRef(), HeededRules.NONE));
    dispatcher.expectMessageClass(Grants.Inventory.class);
  }

  private void submit(String requestId, int count) {
    partition.tell(new Clients.Submit(requestId, 5, tasks(count), client.getRef()));
  }

  private void grant(long epoch, long seq, int count) {
    partition.tell(new Grants.Grant(epoch, seq, MAIL, count, "h", 1, "w", session.getRef()));
  }

  private void standing(long epoch, int count) {
    partition.tell(
        new Grants.StandingGrant(
            epoch,
            1,
            Set.of("*"),
            Set.of("mail"),
            Labels.NONE,
            count,
            "h",
            1,
            "w",
            session.getRef()));
  }

  private void settle(long batch, Settlement settlement) {
    partition.tell(new Leases.Settle("h", batch, List.of(settlement), session.getRef()));
  }

  private TaskView get(long sequence) {
    partition.tell(new Clients.Get(sequence, client.getRef()));
    return client.expectMessageClass(Clients.Found.class).task();
  }

  private Grants.Report readyReport(int ready) {
    return new Grants.Report(
        PARTITION,
        incarnations.get(),
        1,
        1,
        List.of(new Grants.ReadyCount(MAIL, ready, 0)),
        List.of(new Grants.GrantUse(1, 1, true)));
  }

  private static List<Clients.NewTask> tasks(int count) {
    return tasks(count, 0);
  }

  private static List<Clients.NewTask> tasks(int count, long queueTimeoutMs) {
    var profile =
        new TaskProfile(
            MAIL,
            300_000,
            queueTimeoutMs,
            new RetryPolicy(4, Duration.ofSeconds(10), Duration.ofMinutes(10), 2, 0),
            "");
    var tasks = new ArrayList<Clients.NewTask>();
    for (var i = 0; i < count; i++) {
      tasks.add(new Clients.NewTask(profile, 0, 0, new byte[] {1, 2, 3}));
    }
    return tasks;
  }
}
