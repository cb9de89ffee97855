package io.reeve.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.reeve.dispatch.Dispatcher;
import io.reeve.domain.dispatch.CreditTotals;
import io.reeve.domain.session.SettlementBatches;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Outcome;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.TaskId;
import io.reeve.partition.Assignment;
import io.reeve.partition.Leases;
import io.reeve.partition.Leases.EndReason;
import io.reeve.partition.Partition;
import io.reeve.partition.Partitions;
import io.reeve.session.WorkerStream.SessionRefusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One session between a recorded stream, two partitions and a dispatcher. */
class SessionTest {

  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  private static final String HOLDER = new Session.ResumeToken(SECRET, 1).holder();
  private static final String SESSION_ID = "fedcba9876543210fedcba9876543210";

  private final ActorTestKit kit =
      ActorTestKit.create(
          ManualTime.config()
              .withFallback(ConfigFactory.parseString("pekko.actor.provider = local"))
              .withFallback(ConfigFactory.load()));
  private final ManualTime time = ManualTime.get(kit.system());
  private final AtomicLong nanos = new AtomicLong();
  private final TestProbe<ShardingEnvelope<Partition.Command>> partitions = kit.createTestProbe();
  private final TestProbe<Dispatcher.Command> dispatcher = kit.createTestProbe();
  private final RecordedStream stream = new RecordedStream();
  private final Session.Settings settings =
      Session.Settings.from(kit.system().settings().config(), Duration.ofSeconds(30));
  private final SessionTuning tuning = SessionTuning.from(kit.system().settings().config());
  private final WorkerCard card = new WorkerCard();
  private final ActorRef<Session.Command> session = spawn(stream);

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  // ---- Hello

  @Test
  void aFreshWorkerIsWelcomedAtOnceAndRegistered() {
    session.tell(hello(8, 2, null, List.of()));

    var welcome = stream.expect(Session.Welcome.class);
    assertThat(welcome.resumeToken()).isEqualTo(new Session.ResumeToken(SECRET, 1));
    assertThat(welcome.sessionId()).isEqualTo(SESSION_ID.substring(0, 12));
    assertThat(welcome.lost()).isEmpty();
    var register = dispatcher.expectMessageClass(Dispatcher.Register.class);
    assertThat(register.credit()).isEqualTo(new CreditTotals(8, 2, 0, 0, 0));
    assertThat(register.sessionNo()).isEqualTo(1);
    partitions.expectNoMessage();
  }

  @Test
  void registrationIsRepeatedUntilTheDispatcherAnswers() {
    welcomed(4, 0);
    var first = dispatcher.expectMessageClass(Dispatcher.Register.class);

    pass(tuning.registerAgain());

    dispatcher.expectMessageClass(Dispatcher.Register.class);
    first.session().tell(new Dispatcher.Registered(1, dispatcher.getRef()));
    dispatcher.expectMessageClass(Dispatcher.CreditChanged.class);
    pass(tuning.registerAgain().multipliedBy(2));
    dispatcher.expectNoMessage();
  }

  @Test
  void anythingBeforeTheHelloIsRefused() {
    session.tell(new Session.ReceivedUpTo(0));

    assertThat(stream.expect(SessionRefusal.class).reason()).isEqualTo("HELLO_EXPECTED");
    partitions.expectTerminated(session);
  }

  @Test
  void aSecondHelloEndsTheSession() {
    welcomed(4, 0);

    session.tell(hello(4, 0, null, List.of()));

    assertThat(stream.expect(SessionRefusal.class).reason()).isEqualTo("SECOND_HELLO");
  }

  @Test
  void aStreamWithoutHelloIsEnded() {
    pass(tuning.helloWithin());

    var refusal = stream.expect(SessionRefusal.class);
    assertThat(refusal.reason()).isEqualTo("HELLO_LATE");
    assertThat(refusal.retry()).isTrue();
  }

  @Test
  void aCapacityAboveTheLimitIsRefused() {
    session.tell(hello(settings.capacityMax() + 1, 0, null, List.of()));

    assertThat(stream.expect(SessionRefusal.class).reason()).isEqualTo("CAPACITY_OUT_OF_BOUNDS");
  }

  // ---- Resuming

  @Test
  void aResumingWorkerIsWelcomedOnceEveryPartitionConfirmedItsLeases() {
    session.tell(
        hello(4, 0, new Session.ResumeToken(SECRET, 3), List.of(lease(0, 7, 1), lease(1, 9, 2))));

    var attach0 = toPartition(0, Leases.Attach.class);
    var attach1 = toPartition(1, Leases.Attach.class);
    assertThat(attach0.sessionNo()).isEqualTo(4);
    assertThat(attach0.held()).containsExactly(new Leases.LeaseKey(7, 1));
    attach0.session().tell(new Leases.Attached(0, 4, List.of()));
    stream.expectNothing();
    attach1.session().tell(new Leases.Attached(1, 4, List.of(new Leases.LeaseKey(9, 2))));

    var welcome = stream.expect(Session.Welcome.class);
    assertThat(welcome.lost()).containsExactly(lease(1, 9, 2));
    assertThat(dispatcher.expectMessageClass(Dispatcher.Register.class).credit())
        .isEqualTo(new CreditTotals(4, 0, 1, 0, 0));
  }

  @Test
  void aPartitionThatAnswersAfterTheWelcomeHasItsLostLeasesCancelled() {
    session.tell(hello(4, 0, new Session.ResumeToken(SECRET, 1), List.of(lease(1, 9, 2))));
    toPartition(0, Leases.Attach.class).session().tell(new Leases.Attached(0, 2, List.of()));
    var late = toPartition(1, Leases.Attach.class);

    pass(tuning.attachWithin());
    stream.expect(Session.Welcome.class);
    late.session().tell(new Leases.Attached(1, 2, List.of(new Leases.LeaseKey(9, 2))));

    var cancelled = stream.expect(Session.CancelLeases.class).leases();
    assertThat(cancelled).extracting(Session.CancelledLease::task).containsExactly(id(1, 9));
  }

  @Test
  void aLeaseThatEndsWhileTheWorkerResumesIsLostToIt() {
    session.tell(
        hello(4, 0, new Session.ResumeToken(SECRET, 1), List.of(lease(0, 7, 1), lease(0, 8, 1))));
    var attach = toPartition(0, Leases.Attach.class);
    attach.session().tell(new Leases.Attached(0, 2, List.of()));
    attach
        .session()
        .tell(
            new Leases.LeasesEnded(
                0, List.of(new Leases.EndedLease(7, 1, EndReason.TIMED_OUT, "late"))));

    toPartition(1, Leases.Attach.class).session().tell(new Leases.Attached(1, 2, List.of()));

    assertThat(stream.expect(Session.Welcome.class).lost()).containsExactly(lease(0, 7, 1));
    assertThat(dispatcher.expectMessageClass(Dispatcher.Register.class).credit())
        .isEqualTo(new CreditTotals(4, 0, 1, 0, 0));
  }

  @Test
  void ofTwoLeasesOfOneTaskTheEarlierIsLost() {
    session.tell(
        hello(4, 0, new Session.ResumeToken(SECRET, 1), List.of(lease(0, 7, 2), lease(0, 7, 1))));

    var attach = toPartition(0, Leases.Attach.class);
    assertThat(attach.held()).containsExactly(new Leases.LeaseKey(7, 2));
    attach.session().tell(new Leases.Attached(0, 2, List.of()));
    toPartition(1, Leases.Attach.class).session().tell(new Leases.Attached(1, 2, List.of()));

    assertThat(stream.expect(Session.Welcome.class).lost()).containsExactly(lease(0, 7, 1));
    assertThat(dispatcher.expectMessageClass(Dispatcher.Register.class).credit())
        .isEqualTo(new CreditTotals(4, 0, 1, 0, 0));
  }

  @Test
  void theHolderThatTheJournalKeepsMakesNoToken() {
    session.tell(hello(4, 0, new Session.ResumeToken(HOLDER, 1), List.of(lease(0, 7, 1))));

    assertThat(toPartition(0, Leases.Attach.class).holder()).isNotEqualTo(HOLDER);
  }

  @Test
  void everySessionOfOneWorkerIsOfOneHolder() {
    session.tell(hello(4, 0, new Session.ResumeToken(SECRET, 1), List.of()));

    var attach = toPartition(0, Leases.Attach.class);
    assertThat(attach.holder()).isEqualTo(HOLDER);
    attach.session().tell(new Leases.Attached(0, 2, List.of()));
    attach.session().tell(new Leases.Attached(1, 2, List.of()));
    assertThat(stream.expect(Session.Welcome.class).resumeToken())
        .isEqualTo(new Session.ResumeToken(SECRET, 2));
  }

  @Test
  void aTokenThatWasUsedUpIsRefused() {
    session.tell(hello(4, 0, new Session.ResumeToken(SECRET, 1), List.of()));

    toPartition(0, Leases.Attach.class).session().tell(new Leases.Attached(0, 5, List.of()));

    assertThat(stream.expect(SessionRefusal.class).reason()).isEqualTo("SUPERSEDED");
    partitions.expectTerminated(session);
  }

  @Test
  void aRestartedPartitionLearnsTheHeldLeasesAndGetsUnacknowledgedSettlementsAgain() {
    var register = registered(4, 0);
    assign(register, 1, assignment(9, 2, Lane.NORMAL));
    stream.expect(Session.Assignments.class);
    session.tell(settled(1, 1, Settlement.completed(9, 2, new byte[0])));
    toPartition(1, Leases.Settle.class);

    register.session().tell(new Dispatcher.PartitionRestarted(1));

    var attach = toPartition(1, Leases.Attach.class);
    assertThat(attach.sessionNo()).isEqualTo(1);
    assertThat(attach.held()).containsExactly(new Leases.LeaseKey(9, 2));
    attach.session().tell(new Leases.Attached(1, 1, List.of()));
    assertThat(toPartition(1, Leases.Settle.class).batch()).isEqualTo(1);
  }

  @Test
  void aSessionWhoseGrantWasRefusedAttachesAgain() {
    var register = registered(4, 0);

    register.deliverTo().tell(new Leases.AttachAgain(1));

    assertThat(toPartition(1, Leases.Attach.class).sessionNo()).isEqualTo(1);
  }

  // ---- Work

  @Test
  void assignmentsAreNumberedAndThoseBeyondTheCreditHandedBack() {
    var register = registered(3, 1);

    assign(
        register,
        0,
        assignment(1, 1, Lane.NORMAL),
        assignment(2, 1, Lane.NORMAL),
        assignment(3, 1, Lane.NORMAL),
        assignment(4, 1, Lane.URGENT));

    var sent = stream.expect(Session.Assignments.class);
    assertThat(sent.sequence()).isEqualTo(1);
    assertThat(sent.assignments()).extracting(Assignment::sequence).containsExactly(1L, 2L, 4L);
    var back = toPartition(0, Leases.Settle.class);
    assertThat(back.batch()).isZero();
    assertThat(back.settlements()).extracting(Settlement::sequence).containsExactly(3L);
    assertThat(back.settlements()).extracting(Settlement::outcome).containsOnly(Outcome.RELEASED);
    assertThat(credit()).isEqualTo(new CreditTotals(3, 1, 4, 1, 1));
  }

  @Test
  void theDispatcherLearnsSoonWhatArrivedAndAtOnceWhatWasReleased() {
    var register = registered(3, 0);
    assign(register, 0, assignment(1, 1, Lane.NORMAL));
    stream.expect(Session.Assignments.class);
    dispatcher.expectNoMessage();

    pass(tuning.creditWithin());
    assertThat(credit()).isEqualTo(new CreditTotals(3, 0, 1, 0, 0));
    session.tell(new Session.CreditStated(3, 0, 1));

    assertThat(credit()).isEqualTo(new CreditTotals(3, 0, 1, 1, 0));
  }

  @Test
  void aBatchIsAcknowledgedOnceAllPartitionsHaveAndAllBatchesBeforeItAreThrough() {
    registered(9, 0);
    session.tell(
        new Session.Settled(1, List.of(part(0, completed(5)), part(1, completed(6))), List.of()));
    session.tell(settled(2, 1, completed(7)));
    var first0 = toPartition(0, Leases.Settle.class);
    toPartition(1, Leases.Settle.class);
    toPartition(1, Leases.Settle.class);
    var no =
        new Leases.RefusedSettlement(
            7,
            1,
            new io.reeve.domain.task.Rejection(
                io.reeve.domain.task.Rejection.Code.STALE_LEASE, "expected fence 2, got 1"));

    first0.session().tell(new Leases.SettleAcked(1, 2, List.of(no)));
    first0.session().tell(new Leases.SettleAcked(1, 1, List.of()));
    first0.session().tell(new Leases.SettleAcked(1, 1, List.of()));
    stream.expectNothing();
    first0.session().tell(new Leases.SettleAcked(0, 1, List.of()));

    var ack = stream.expect(Session.SettlementAck.class);
    assertThat(ack.batch()).isEqualTo(2);
    assertThat(ack.refused()).extracting(Session.RefusedSettlement::taskId).containsExactly("1-7");
  }

  @Test
  void aMalformedSettlementIsRefusedWithItsBatchAndTheOthersAreSettled() {
    registered(9, 0);
    var malformed =
        new Session.RefusedSettlement(
            "no task", 1, new Rejection(Rejection.Code.MALFORMED_SETTLEMENT, "expected an id"));
    session.tell(new Session.Settled(1, List.of(part(0, completed(5))), List.of(malformed)));
    var settle = toPartition(0, Leases.Settle.class);
    stream.expectNothing();

    settle.session().tell(new Leases.SettleAcked(0, 1, List.of()));

    assertThat(stream.expect(Session.SettlementAck.class))
        .isEqualTo(new Session.SettlementAck(1, List.of(malformed)));
  }

  @Test
  void anEmptyBatchIsAcknowledgedAtOnce() {
    registered(9, 0);

    session.tell(new Session.Settled(1, List.of(), List.of()));

    assertThat(stream.expect(Session.SettlementAck.class).batch()).isEqualTo(1);
  }

  @Test
  void theNumberOfABatchThatIsRepeatedEndsTheSession() {
    registered(9, 0);
    session.tell(settled(1, 1, completed(7)));

    session.tell(settled(1, 1, completed(7)));

    assertThat(stream.expect(SessionRefusal.class).reason()).isEqualTo("BATCH_OUT_OF_ORDER");
  }

  @Test
  void oneBatchMoreThanTheWelcomeAllowsEndsTheSession() {
    session.tell(hello(9, 0, null, List.of()));
    var most = stream.expect(Session.Welcome.class).batchesMax();
    for (var batch = 1; batch <= most + 1; batch++) {
      session.tell(settled(batch, 1, completed(7)));
    }

    assertThat(stream.expect(SessionRefusal.class).reason()).isEqualTo("TOO_MANY_BATCHES");
  }

  @Test
  void aTokenThatNoServerGaveOutBeginsASessionInWhichAllIsLost() {
    session.tell(hello(4, 0, new Session.ResumeToken("f".repeat(32), 9), List.of(lease(0, 7, 1))));
    var attach = toPartition(0, Leases.Attach.class);
    attach.session().tell(new Leases.Attached(0, 10, attach.held()));
    attach.session().tell(new Leases.Attached(1, 10, List.of()));

    assertThat(stream.expect(Session.Welcome.class).lost()).containsExactly(lease(0, 7, 1));
  }

  @Test
  void aDrainingBeatLeavesTheCreditAsItIs() {
    var register = registered(4, 0);
    session.tell(
        new Session.Beat(1, new Session.WorkerFigures("WORKER_STATE_DRAINING", 0, 0, 0, 0, 0, 0)));
    stream.expect(Session.Pong.class);

    assign(register, 0, assignment(1, 1, Lane.NORMAL));

    assertThat(stream.expect(Session.Assignments.class).assignments()).hasSize(1);
  }

  @Test
  void aRefusalIsToldWithItsOwnBatch() {
    registered(4, 0);
    session.tell(settled(1, 0, completed(5)));
    session.tell(
        new Session.Settled(2, List.of(part(0, completed(6)), part(1, completed(7))), List.of()));
    var from = toPartition(0, Leases.Settle.class).session();
    var rejection = new Rejection(Rejection.Code.STALE_LEASE, "expected fence 2, got fence 1");
    var refused = List.of(new Leases.RefusedSettlement(7, 1, rejection));

    from.tell(new Leases.SettleAcked(1, 2, refused));
    from.tell(new Leases.SettleAcked(0, 1, List.of()));
    from.tell(new Leases.SettleAcked(0, 2, List.of()));

    assertThat(stream.expect(Session.SettlementAck.class))
        .isEqualTo(new Session.SettlementAck(1, List.of()));
    assertThat(stream.expect(Session.SettlementAck.class))
        .isEqualTo(
            new Session.SettlementAck(
                2, List.of(new Session.RefusedSettlement(id(1, 7), 1, rejection))));
  }

  @Test
  void aSettlementThatAPartitionDoesNotAcknowledgeIsSentAgain() {
    registered(9, 0);
    session.tell(settled(1, 1, completed(7)));
    var first = toPartition(1, Leases.Settle.class);

    beatFor(tuning.settleAgain());

    assertThat(toPartition(1, Leases.Settle.class)).isEqualTo(first);
  }

  @Test
  void aGapInTheBatchesEndsTheSession() {
    registered(9, 0);

    session.tell(settled(2, 1, completed(7)));

    assertThat(stream.expect(SessionRefusal.class).reason()).isEqualTo("BATCH_OUT_OF_ORDER");
  }

  @Test
  void aFallingTotalEndsTheSession() {
    var register = registered(9, 0);
    assign(register, 0, assignment(1, 1, Lane.NORMAL));
    session.tell(new Session.CreditStated(9, 0, 1));
    stream.expect(Session.Assignments.class);

    session.tell(new Session.CreditStated(9, 0, 0));

    assertThat(stream.expect(SessionRefusal.class).reason()).isEqualTo("TOTAL_FELL");
  }

  @Test
  void releasingMoreThanWasSentEndsTheSession() {
    registered(9, 0);

    session.tell(new Session.CreditStated(9, 0, 1));

    assertThat(stream.expect(SessionRefusal.class).reason()).isEqualTo("RELEASED_TOO_MUCH");
  }

  @Test
  void aLeaseThatEndedIsCancelledAtTheWorkerThatHoldsIt() {
    var register = registered(9, 0);
    assign(register, 0, assignment(1, 2, Lane.NORMAL));
    stream.expect(Session.Assignments.class);

    register
        .deliverTo()
        .tell(
            new Leases.LeasesEnded(
                0,
                List.of(
                    new Leases.EndedLease(1, 1, Leases.EndReason.CANCELLED, "old"),
                    new Leases.EndedLease(1, 2, Leases.EndReason.CANCELLED, "new"))));

    var cancelled = stream.expect(Session.CancelLeases.class).leases();
    assertThat(cancelled).extracting(Session.CancelledLease::message).containsExactly("new");
  }

  // ---- Alive

  @Test
  void aLeaseThatNeverCameIsHandedBackWhenThePartitionAsks() {
    var register = registered(4, 0);
    assign(register, 0, assignment(7, 1, Lane.NORMAL));

    register
        .deliverTo()
        .tell(
            new Leases.LeasesHeld(
                0, List.of(new Leases.LeaseKey(7, 1), new Leases.LeaseKey(8, 2))));

    var settle = toPartition(0, Leases.Settle.class);
    assertThat(settle.batch()).isZero();
    assertThat(settle.settlements())
        .extracting(Settlement::sequence, Settlement::fence, Settlement::outcome)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(8L, 2L, Outcome.RELEASED));
  }

  @Test
  void creditIsStatedAgainThoughNothingChanged() {
    welcomed(4, 0);
    var register = dispatcher.expectMessageClass(Dispatcher.Register.class);
    register.session().tell(new Dispatcher.Registered(1, dispatcher.getRef()));
    var stated = dispatcher.expectMessageClass(Dispatcher.CreditChanged.class);

    for (var i = 0; i < 3; i++) {
      session.tell(new Session.Beat(i, figures()));
      stream.expect(Session.Pong.class);
      pass(tuning.creditAgain());
      assertThat(dispatcher.receiveMessage()).isEqualTo(stated);
    }
  }

  @Test
  void beatsAreAnsweredAndRenewTheLeasesThreeTimesWithinTheirDuration() {
    var register = registered(9, 0);
    assign(register, 1, assignment(1, 1, Lane.NORMAL));
    stream.expect(Session.Assignments.class);
    session.tell(new Session.ReceivedUpTo(1));

    session.tell(new Session.Beat(1, figures()));
    stream.expect(Session.Pong.class);
    partitions.expectNoMessage();
    beatFor(settings.leaseDuration().dividedBy(3));

    assertThat(toPartition(1, Leases.Renew.class).holder()).isEqualTo(HOLDER);
    partitions.expectNoMessage();
  }

  @Test
  void aWorkerThatIsNotReadIsNotSilent() {
    registered(9, 0);
    stream.holdsBack = true;
    pass(settings.silenceMax().multipliedBy(3));
    stream.expectNothing();

    stream.holdsBack = false;
    pass(settings.silenceMax());
    assertThat(stream.expect(SessionRefusal.class).reason()).isEqualTo("SILENT");
  }

  @Test
  void leasesThatWouldNotFitIntoTheStreamAreHandedBackUnused() {
    var register = registered(4, 0);
    stream.room = -1;

    assign(register, 1, assignment(9, 1, Lane.NORMAL));

    var handedBack = toPartition(1, Leases.Settle.class).settlements();
    assertThat(handedBack).hasSize(1);
    stream.expectNothing();
  }

  @Test
  void aSilentWorkerLosesItsStreamAndAfterTheGraceItsLeases() {
    registered(9, 0);

    pass(settings.silenceMax());
    assertThat(stream.expect(SessionRefusal.class).reason()).isEqualTo("SILENT");
    untilTold(m -> m instanceof Dispatcher.CreditChanged c && c.credit().capacity() == 0);
    pass(settings.resumeWithin());

    assertThat(toPartition(0, Leases.HolderGone.class).lost()).isTrue();
    assertThat(toPartition(1, Leases.HolderGone.class).lost()).isTrue();
    untilTold(Dispatcher.SessionEnded.class::isInstance);
    partitions.expectTerminated(session);
  }

  @Test
  void aWorkerThatDoesNotAcknowledgeItsAssignmentsIsDeaf() {
    var register = registered(9, 0);
    assign(register, 1, assignment(1, 1, Lane.NORMAL));
    stream.expect(Session.Assignments.class);

    beatFor(settings.receivedWithin());

    assertThat(stream.expect(SessionRefusal.class).reason()).isEqualTo("DEAF");
  }

  @Test
  void aWorkerThatAcknowledgesEverLaterIsDeaf() {
    var register = registered(9, 0);
    for (var i = 1; i <= 4; i++) {
      assign(register, 1, assignment(i, 1, Lane.NORMAL));
      stream.expect(Session.Assignments.class);
    }

    for (var i = 1; i <= 4; i++) {
      pass(settings.receivedWithin().dividedBy(3));
      session.tell(new Session.Beat(i, figures()));
      stream.expectPongOrRefusal();
      session.tell(new Session.ReceivedUpTo(i));
    }

    assertThat(stream.expect(SessionRefusal.class).reason()).isEqualTo("DEAF");
  }

  @Test
  void leasesThatADeafWorkerNeverAcknowledgedAreHandedBackBeforeItIsGivenUp() {
    var register = registered(9, 0);
    assign(register, 1, assignment(1, 1, Lane.NORMAL));
    stream.expect(Session.Assignments.class);
    session.tell(new Session.ReceivedUpTo(1));
    assign(register, 1, assignment(2, 1, Lane.NORMAL), assignment(3, 1, Lane.NORMAL));
    stream.expect(Session.Assignments.class);
    beatFor(settings.receivedWithin());
    assertThat(stream.expect(SessionRefusal.class).reason()).isEqualTo("DEAF");
    register
        .deliverTo()
        .tell(
            new Leases.LeasesEnded(
                1, List.of(new Leases.EndedLease(3, 1, EndReason.CANCELLED, ""))));

    pass(settings.resumeWithin());

    var back = toPartition(1, Leases.Settle.class);
    assertThat(back.settlements()).extracting(Settlement::sequence).containsExactly(2L);
    assertThat(back.settlements()).extracting(Settlement::outcome).containsOnly(Outcome.RELEASED);
    assertThat(toPartition(0, Leases.HolderGone.class).lost()).isTrue();
    assertThat(toPartition(1, Leases.HolderGone.class).lost()).isTrue();
  }

  @Test
  void aLeaseIsHandedBackWhenTheStreamBrokeLongAfterItWasSentUnacknowledged() {
    var register = registered(9, 0);
    assign(register, 1, assignment(1, 1, Lane.NORMAL));
    stream.expect(Session.Assignments.class);
    pass(settings.receivedWithin().dividedBy(4));
    assign(register, 1, assignment(2, 1, Lane.NORMAL));
    stream.expect(Session.Assignments.class);

    session.tell(new Session.StreamClosed("reset"));
    untilTold(m -> m instanceof Dispatcher.CreditChanged c && c.credit().capacity() == 0);
    pass(settings.resumeWithin());

    assertThat(toPartition(1, Leases.Settle.class).settlements())
        .as("the second may have arrived and ended its worker")
        .extracting(Settlement::sequence)
        .containsExactly(1L);
    assertThat(toPartition(0, Leases.HolderGone.class).lost()).isTrue();
  }

  @Test
  void aWorkerThatDoesNotReadIsCutOff() {
    var register = registered(9, 0);
    stream.full = true;

    assign(register, 1, assignment(1, 1, Lane.NORMAL));

    assertThat(stream.expect(SessionRefusal.class).reason()).isEqualTo("SLOW_READER");
  }

  // ---- The end

  @Test
  void aGoodbyeEndsTheLeasesWithoutBlame() {
    registered(9, 0);

    session.tell(new Session.Goodbye("drained"));

    stream.expectCompleted();
    assertThat(toPartition(0, Leases.HolderGone.class).lost()).isFalse();
    assertThat(toPartition(1, Leases.HolderGone.class).lost()).isFalse();
    dispatcher.expectMessageClass(Dispatcher.SessionEnded.class);
    partitions.expectTerminated(session);
  }

  @Test
  void aSessionWhoseStreamBrokeEndsQuietlyWhenALaterOneTookOver() {
    var register = registered(9, 0);
    session.tell(new Session.StreamClosed("reset"));
    assertThat(credit().capacity()).isZero();

    register.session().tell(new Dispatcher.Superseded());

    partitions.expectTerminated(session);
    partitions.expectNoMessage();
  }

  @Test
  void assignmentsForAWorkerThatIsAwayAreHandedBack() {
    var register = registered(9, 0);
    session.tell(new Session.StreamClosed("reset"));

    assign(register, 1, assignment(1, 1, Lane.NORMAL));

    assertThat(toPartition(1, Leases.Settle.class).settlements())
        .extracting(Settlement::outcome)
        .containsExactly(Outcome.RELEASED);
  }

  @Test
  void aNewDispatcherGetsARegistrationAndPartitionsTheLeases() {
    var register = registered(9, 0);
    assign(register, 0, assignment(1, 1, Lane.NORMAL));
    stream.expect(Session.Assignments.class);
    var next = kit.<Dispatcher.Command>createTestProbe();

    register.session().tell(new Dispatcher.Registered(2, next.getRef()));

    assertThat(next.expectMessageClass(Dispatcher.CreditChanged.class).credit().receivedTotal())
        .isEqualTo(1);
    assertThat(toPartition(0, Leases.Attach.class).held())
        .containsExactly(new Leases.LeaseKey(1, 1));
    toPartition(1, Leases.Attach.class);
    next.stop();
    assertThat(dispatcher.expectMessageClass(Dispatcher.Register.class).credit().receivedTotal())
        .isEqualTo(1);
  }

  @Test
  void aDispatcherThatForgotTheSessionGetsARegistrationAndPartitionsTheLeases() {
    var register = registered(9, 0);
    assign(register, 0, assignment(1, 1, Lane.NORMAL));
    stream.expect(Session.Assignments.class);

    register.session().tell(new Dispatcher.RegisterAgain());

    assertThat(dispatcher.expectMessageClass(Dispatcher.Register.class).credit().receivedTotal())
        .isEqualTo(1);
    register.session().tell(new Dispatcher.Registered(2, dispatcher.getRef()));
    assertThat(toPartition(0, Leases.Attach.class).held())
        .containsExactly(new Leases.LeaseKey(1, 1));
  }

  // ---- What others see of the worker

  @Test
  void theCardFollowsHelloCreditAndBeats() {
    var register = registered(4, 1);
    assertThat(seen().status()).isEqualTo(WorkerStatus.ONLINE);
    assertThat(seen().worker().workerId()).isEqualTo("worker-1");
    assertThat(seen().capacity()).isEqualTo(4);
    assertThat(seen().urgentReserve()).isEqualTo(1);
    assertThat(seen().figures()).isNull();

    assign(register, 1, assignment(9, 1, Lane.NORMAL));
    stream.expect(Session.Assignments.class);
    pass(Duration.ofSeconds(1));
    session.tell(new Session.Beat(1, new Session.WorkerFigures("RUNNING", 1, 0, 2, 3, 250, 99)));
    stream.expect(Session.Pong.class);
    assertThat(seen().leases()).isEqualTo(1);
    assertThat(seen().heardAtNanos()).isEqualTo(nanos.get());
    assertThat(seen().figures())
        .isEqualTo(new Session.WorkerFigures("RUNNING", 1, 0, 2, 3, 250, 99));

    session.tell(new Session.CreditStated(0, 0, 0));
    session.tell(new Session.Beat(2, figures()));
    stream.expect(Session.Pong.class);
    assertThat(seen().status()).isEqualTo(WorkerStatus.DRAINING);
    assertThat(seen().capacity()).isZero();
  }

  @Test
  void aSilentWorkerIsResumingAndThenOffline() {
    var register = registered(4, 0);
    assign(register, 1, assignment(9, 1, Lane.NORMAL));
    stream.expect(Session.Assignments.class);
    session.tell(new Session.ReceivedUpTo(1));
    session.tell(new Session.Beat(1, figures()));
    stream.expect(Session.Pong.class);

    pass(settings.silenceMax());
    assertThat(stream.expect(SessionRefusal.class).reason()).isEqualTo("SILENT");
    partitions.awaitAssert(
        () -> {
          assertThat(seen().status()).isEqualTo(WorkerStatus.RESUMING);
          return null;
        });
    assertThat(seen().reason()).isEqualTo("SILENT");
    assertThat(seen().leases()).isEqualTo(1);
    assertThat(seen().capacity()).isEqualTo(4);

    pass(settings.resumeWithin());
    partitions.expectTerminated(session);
    assertThat(seen().status()).isEqualTo(WorkerStatus.OFFLINE);
    assertThat(seen().reason()).isEqualTo("SILENT");
    assertThat(seen().leases()).isZero();
  }

  @Test
  void whoLosesItsSessionToALaterOneIsSeenSo() {
    session.tell(hello(4, 0, new Session.ResumeToken(SECRET, 1), List.of(lease(0, 7, 1))));
    var attach = toPartition(0, Leases.Attach.class);
    assertThat(seen().status()).isEqualTo(WorkerStatus.RESUMING);
    assertThat(seen().leases()).isEqualTo(1);

    attach.session().tell(new Leases.Attached(0, 5, List.of()));

    partitions.expectTerminated(session);
    assertThat(seen().status()).isEqualTo(WorkerStatus.OFFLINE);
    assertThat(seen().reason()).isEqualTo("SUPERSEDED");
  }

  // ---- Helpers

  private WorkerCard.Entry seen() {
    return Objects.requireNonNull(card.read(), "expected an entry");
  }

  private ActorRef<Session.Command> spawn(WorkerStream to) {
    var ids = new ArrayList<>(List.of(SECRET, SESSION_ID));
    Supplier<String> next = () -> ids.size() > 1 ? ids.remove(0) : SESSION_ID;
    return kit.spawn(
        Session.create(
            to,
            card,
            new Session.Environment(
                new Partitions(2, partitions.getRef()),
                dispatcher.getRef(),
                settings,
                tuning,
                nanos::get,
                next)));
  }

  private void welcomed(int capacity, int reserve) {
    session.tell(hello(capacity, reserve, null, List.of()));
    stream.expect(Session.Welcome.class);
  }

  private Dispatcher.Register registered(int capacity, int reserve) {
    welcomed(capacity, reserve);
    var register = dispatcher.expectMessageClass(Dispatcher.Register.class);
    register.session().tell(new Dispatcher.Registered(1, dispatcher.getRef()));
    dispatcher.expectMessageClass(Dispatcher.CreditChanged.class);
    return register;
  }

  private CreditTotals credit() {
    return dispatcher.expectMessageClass(Dispatcher.CreditChanged.class).credit();
  }

  /** Passes over the credit that is stated again and again. */
  private void untilTold(Predicate<Dispatcher.Command> news) {
    dispatcher.fishForMessage(
        Duration.ofSeconds(3),
        message ->
            news.test(message) ? FishingOutcomes.complete() : FishingOutcomes.continueAndIgnore());
  }

  private <T extends Partition.Command> T toPartition(int partition, Class<T> type) {
    var envelope = partitions.receiveMessage();
    assertThat(envelope.entityId()).isEqualTo(Integer.toString(partition));
    assertThat(envelope.message()).isInstanceOf(type);
    return type.cast(envelope.message());
  }

  private static void assign(
      Dispatcher.Register register, int partition, Assignment... assignments) {
    register.deliverTo().tell(new Leases.Assigned(partition, List.of(assignments)));
  }

  private static Assignment assignment(long sequence, long fence, Lane lane) {
    return new Assignment(sequence, fence, 1, lane, false, 0, 0, 0, new byte[0]);
  }

  private static Settlement completed(long sequence) {
    return Settlement.completed(sequence, 1, new byte[0]);
  }

  private static Session.Settled settled(long batch, int partition, Settlement settlement) {
    return new Session.Settled(batch, List.of(part(partition, settlement)), List.of());
  }

  private static SettlementBatches.Part part(int partition, Settlement settlement) {
    return new SettlementBatches.Part(partition, List.of(settlement));
  }

  private static Session.Lease lease(int partition, long sequence, long fence) {
    return new Session.Lease(id(partition, sequence), fence);
  }

  private static TaskId id(int partition, long sequence) {
    return new TaskId(partition, sequence);
  }

  private static Session.Hello hello(
      int capacity, int reserve, Session.@Nullable ResumeToken resume, List<Session.Lease> held) {
    return new Session.Hello(
        "worker-1",
        "main",
        "start-1",
        List.of("default"),
        Set.of("*"),
        Labels.NONE,
        capacity,
        reserve,
        resume,
        held,
        "test",
        "host",
        1);
  }

  private static Session.WorkerFigures figures() {
    return new Session.WorkerFigures("RUNNING", 0, 0, 0, 0, 0, 0);
  }

  private void pass(Duration duration) {
    nanos.addAndGet(duration.toNanos());
    time.timePasses(duration);
  }

  /** Lets time pass with a beat each second. */
  private void beatFor(Duration duration) {
    for (var s = 0; s < duration.toSeconds(); s++) {
      pass(Duration.ofSeconds(1));
      session.tell(new Session.Beat(s + 1, figures()));
      var pong = stream.expectPongOrRefusal();
      if (!pong) {
        return;
      }
    }
  }
}
