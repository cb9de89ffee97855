package io.reeve.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.reeve.domain.dispatch.CreditTotals;
import io.reeve.domain.dispatch.ReadyTask;
import io.reeve.domain.dispatch.StreamExplanation;
import io.reeve.domain.dispatch.WorkerKind;
import io.reeve.domain.rules.EpochStarted;
import io.reeve.domain.task.HeededRules;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.TaskClass;
import io.reeve.partition.Grants;
import io.reeve.partition.Grants.GrantUse;
import io.reeve.partition.Grants.ReadyCount;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The dispatcher between two partitions and sessions that are probes. */
class DispatcherTest extends DispatcherFixture {

  // ---- Epoch and greetings

  @Test
  void itStoresAnEpochAboveTheLastBeforeItGreets() {
    journal.persistForRecovery(EPOCH_ID, List.of(new EpochStarted(6, 0, "other")));

    start();

    assertThat(region.receiveMessage().message()).isInstanceOf(Grants.Greet.class);
    assertThat(journal.persistedInStorage(EPOCH_ID)).last().isEqualTo(new EpochStarted(7, 0, "n"));
  }

  @Test
  void itWorksOnceTheJournalTakesItsEpochAgain() {
    journal.failNextPersisted(EPOCH_ID);

    start();

    region.expectNoMessage();
    time.timePasses(settings.epochBackoffMax());
    assertThat(greeting().epoch()).isEqualTo(1);
  }

  @Test
  void aPartitionThatDoesNotAnswerIsGreetedAgain() {
    start();
    var greet = greeting();
    greeting();
    greet.dispatcher().tell(inventory(0, 1, partition0));

    time.timePasses(settings.greetBackoffMin());

    assertThat(region.receiveMessage().entityId()).isEqualTo("1");
    region.expectNoMessage();
  }

  @Test
  void aPartitionThatStoppedIsGreetedByItsName() {
    running();

    partition1.stop();

    assertThat(region.receiveMessage().entityId()).isEqualTo("1");
  }

  @Test
  void oneThatOutlivesADispatcherOfAHigherEpochTakesAnother() {
    var dispatcher = running();
    journal.persistForRecovery(EPOCH_ID, List.of(new EpochStarted(2, 0, "other")));

    dispatcher.fromPartitions().tell(new Grants.Superseded(2));

    region.expectNoMessage();
    time.timePasses(settings.epochBackoffMax());
    assertThat(greeting().epoch()).isEqualTo(3);
  }

  @Test
  void aPartitionThatDealsWithNoProposalIsGreetedAgain() {
    var running = running();
    running.fromPartitions().tell(report(0, 0, List.of(new ReadyCount(MAIL, 1, 0)), List.of()));
    running.self().tell(register("a", 1, 1, 0));
    partition0.expectMessageClass(Grants.Grant.class);
    timersAreSet(running);

    time.timePasses(settings.answerWithin());
    region.expectNoMessage();
    time.timePasses(settings.answerWithin());

    assertThat(region.receiveMessage().entityId()).isEqualTo("0");
  }

  // ---- Audits

  @Test
  void partitionsAreToldWhatIsBelievedOfThem() {
    var running = running();
    running.self().tell(register("a", 1, 2, 0));
    var standing = partition0.expectMessageClass(Grants.StandingGrant.class);
    var other = new ReadyCount(new TaskClass("mail", "print", Lane.URGENT, Priority.NORMAL), 3, 0);
    running.fromPartitions().tell(report(0, 0, List.of(other), List.of()));

    time.timePasses(settings.auditInterval());

    assertThat(partition0.receiveMessage())
        .isEqualTo(
            new Grants.Audit(
                1,
                1,
                standing.seq(),
                0,
                List.of(other),
                List.of(new GrantUse(standing.seq(), 0, false)),
                running.fromPartitions(),
                HeededRules.NONE));
    region.expectNoMessage();
  }

  @Test
  void aGrantThatWasLostIsProposedAgainOnceThePartitionSaysSo() {
    // Or the partition would count as silent before it is asked.
    settings =
        DispatcherSettings.from(
            ConfigFactory.parseString("reeve.dispatcher.answer-within = 1h")
                .withFallback(kit.system().settings().config()));
    var running = running();
    var ready = List.of(new ReadyCount(MAIL, 1, 0));
    running.fromPartitions().tell(report(0, 0, ready, List.of()));
    running.self().tell(register("a", 1, 1, 0));
    var lost = partition0.expectMessageClass(Grants.Grant.class);

    time.timePasses(settings.auditInterval());
    var audit = partition0.expectMessageClass(Grants.Audit.class);
    running.fromPartitions().tell(report(0, audit.sentSeq(), List.of(), List.of()));

    var again = partition0.expectMessageClass(Grants.Grant.class);
    assertThat(again.seq()).isGreaterThan(lost.seq());
  }

  @Test
  void theCreditStatedAgainPairsNothing() {
    var running = running();
    running.self().tell(register("a", 1, 1, 0));
    partition0.expectMessageClass(Grants.StandingGrant.class);

    var same = new CreditTotals(1, 0, 0, 0, 0);
    running.self().tell(new Dispatcher.CreditChanged("a", 1, same, session.getRef()));

    quiet();
  }

  // ---- Sessions

  @Test
  void aSessionThatCameBeforeTheEpochIsAnsweredWithIt() {
    var dispatcher = start();
    dispatcher.tell(register("a", 1, 4, 0));

    var registered = session.expectMessageClass(Dispatcher.Registered.class);

    assertThat(registered.epoch()).isEqualTo(1);
  }

  @Test
  void aLaterSessionOfTheHolderSupersedesAndAnEarlierOneIsTurnedAway() {
    var dispatcher = running().self();
    var later = kit.<Dispatcher.ToSession>createTestProbe();
    dispatcher.tell(register("a", 1, 4, 0));
    session.expectMessageClass(Dispatcher.Registered.class);

    dispatcher.tell(register("a", 2, 4, 0, later.getRef()));

    later.expectMessageClass(Dispatcher.Registered.class);
    session.expectMessageClass(Dispatcher.Superseded.class);
    dispatcher.tell(register("a", 1, 4, 0));
    session.expectMessageClass(Dispatcher.Superseded.class);
  }

  @Test
  void ofTwoSessionsWithOneNumberTheLastStays() {
    var dispatcher = running().self();
    var second = kit.<Dispatcher.ToSession>createTestProbe();
    dispatcher.tell(register("a", 1, 4, 0));
    session.expectMessageClass(Dispatcher.Registered.class);

    dispatcher.tell(register("a", 1, 4, 0, second.getRef()));

    second.expectMessageClass(Dispatcher.Registered.class);
    session.expectMessageClass(Dispatcher.Superseded.class);
  }

  @Test
  void theEndOfASessionIsNotThatOfTheOneThatFollowedWithItsNumber() {
    var dispatcher = running().self();
    var second = kit.<Dispatcher.ToSession>createTestProbe();
    dispatcher.tell(register("a", 1, 4, 0));
    dispatcher.tell(register("a", 1, 4, 0, second.getRef()));

    dispatcher.tell(new Dispatcher.SessionEnded("a", 1, session.getRef()));

    assertThat(demand(dispatcher).workers()).isEqualTo(1);
    dispatcher.tell(new Dispatcher.SessionEnded("a", 1, second.getRef()));
    assertThat(demand(dispatcher).workers()).isZero();
  }

  @Test
  void theCreditOfASessionIsNotThatOfTheOneThatFollowedWithItsNumber() {
    var dispatcher = running().self();
    var second = kit.<Dispatcher.ToSession>createTestProbe();
    dispatcher.tell(register("a", 1, 4, 0));
    dispatcher.tell(register("a", 1, 4, 0, second.getRef()));

    var late = new CreditTotals(0, 0, 9, 5, 0);
    dispatcher.tell(new Dispatcher.CreditChanged("a", 1, late, session.getRef()));

    assertThat(demand(dispatcher).slots()).isEqualTo(4);
  }

  @Test
  void aSessionThatTheDispatcherDoesNotKnowIsToldToRegister() {
    var dispatcher = running().self();
    var credit = new CreditTotals(4, 0, 0, 0, 0);

    dispatcher.tell(new Dispatcher.CreditChanged("a", 1, credit, session.getRef()));

    session.expectMessageClass(Dispatcher.RegisterAgain.class);
  }

  @Test
  void aSessionWhoseHolderHasALaterOneIsToldSoEachTimeItStatesCredit() {
    var dispatcher = running().self();
    var later = kit.<Dispatcher.ToSession>createTestProbe();
    var credit = new CreditTotals(4, 0, 0, 0, 0);
    dispatcher.tell(register("a", 2, 4, 0, later.getRef()));

    dispatcher.tell(new Dispatcher.CreditChanged("a", 1, credit, session.getRef()));

    session.expectMessageClass(Dispatcher.Superseded.class);
    assertThat(demand(dispatcher).slots()).isEqualTo(4);
  }

  @Test
  void sessionsHearOfARestartedPartition() {
    var running = running();
    running.self().tell(register("a", 1, 4, 0));
    session.expectMessageClass(Dispatcher.Registered.class);

    running.fromPartitions().tell(inventory(1, 2, partition1));

    assertThat(session.expectMessageClass(Dispatcher.PartitionRestarted.class).partition())
        .isEqualTo(1);
  }

  // ---- Grants

  @Test
  void idleCreditStandsEvenlyAtThePartitions() {
    var running = running();

    running.self().tell(register("a", 1, 5, 1));

    var standing = partition0.expectMessageClass(Grants.StandingGrant.class);
    assertThat(standing.count()).isEqualTo(2);
    assertThat(standing.epoch()).isEqualTo(1);
    assertThat(standing.session()).isEqualTo(delivery.getRef());
    assertThat(partition1.expectMessageClass(Grants.StandingGrant.class).count()).isEqualTo(2);
    quiet();
  }

  @Test
  void readyTasksAreGrantedToFreeCredit() {
    var running = running();
    running.fromPartitions().tell(report(0, 0, List.of(new ReadyCount(MAIL, 3, 0)), List.of()));

    running.self().tell(register("a", 1, 3, 0));

    var grant = partition0.expectMessageClass(Grants.Grant.class);
    assertThat(grant.count()).isEqualTo(3);
    assertThat(grant.taskClass()).isEqualTo(MAIL);
    assertThat(grant.holder()).isEqualTo("a");
    quiet();
  }

  @Test
  void standingCreditIsTakenBackForTasksThatNobodyElseCanRun() {
    var running = running();
    running.self().tell(register("a", 1, 1, 0));
    var standing = partition0.expectMessageClass(Grants.StandingGrant.class);

    running.fromPartitions().tell(report(1, 0, List.of(new ReadyCount(MAIL, 1, 0)), List.of()));

    var revoke = partition0.expectMessageClass(Grants.Revoke.class);
    assertThat(revoke.seqs()).containsExactly(standing.seq());
    quiet();
    running
        .fromPartitions()
        .tell(report(0, standing.seq(), List.of(), List.of(new GrantUse(standing.seq(), 0, true))));
    assertThat(partition1.expectMessageClass(Grants.Grant.class).count()).isEqualTo(1);
    quiet();
  }

  @Test
  void reportsOfAnOlderIncarnationAreNotHeeded() {
    var running = running();
    running.fromPartitions().tell(inventory(0, 2, partition0));

    running.fromPartitions().tell(report(0, 0, List.of(new ReadyCount(MAIL, 1, 0)), List.of()));
    running.self().tell(register("a", 1, 2, 0));

    partition0.expectMessageClass(Grants.StandingGrant.class);
  }

  @Test
  void reportsOfAnotherEpochAreNotHeeded() {
    var running = running();

    var ready = List.of(new ReadyCount(MAIL, 1, 0));
    running.fromPartitions().tell(new Grants.Report(0, 1, 7, 0, ready, List.of()));
    running.self().tell(register("a", 1, 2, 0));

    partition0.expectMessageClass(Grants.StandingGrant.class);
  }

  @Test
  void theStandingCreditOfASessionThatEndedIsTakenBack() {
    var running = running();
    running.self().tell(register("a", 1, 1, 0));
    var standing = partition0.expectMessageClass(Grants.StandingGrant.class);

    session.stop();

    var revoke = partition0.expectMessageClass(Grants.Revoke.class);
    assertThat(revoke.seqs()).containsExactly(standing.seq());
  }

  @Test
  void itShowsHowManyWorkersAreWanted() {
    var running = running();
    var reader = kit.<Dispatcher.DemandShown>createTestProbe();
    var printers = new WorkerKind(Set.of(), Set.of("print"));
    var other = new TaskClass("mail", "print", Lane.URGENT, Priority.NORMAL);
    running.fromPartitions().tell(report(0, 0, List.of(new ReadyCount(other, 6, 0)), List.of()));

    running.self().tell(new Dispatcher.ShowDemand(printers, reader.getRef()));

    var shown = reader.receiveMessage();
    assertThat(shown.epoch()).isPositive();
    assertThat(shown.demand().unserved()).isEqualTo(6);
    assertThat(shown.demand().wantedWorkers()).as("of four slots, the default").isEqualTo(2);
  }

  @Test
  void itSaysWhatKeepsATaskFromStarting() {
    var running = running();
    var reader = kit.<Dispatcher.StreamExplained>createTestProbe();
    var other = new TaskClass("mail", "print", Lane.URGENT, Priority.NORMAL);

    running
        .self()
        .tell(new Dispatcher.ExplainStream(new ReadyTask(other, 7, 0, 0), reader.getRef()));
    running
        .self()
        .tell(new Dispatcher.ExplainStream(new ReadyTask(other, 0, 0, 0), reader.getRef()));

    var told = reader.receiveMessage();
    assertThat(told.epoch()).isPositive();
    assertThat(told.explanation().view().workers()).isZero();
    assertThat(told.explanation().startInNanos()).isEqualTo(StreamExplanation.NOT_KNOWN);
    reader.expectNoMessage(Duration.ZERO);
  }

  // ---- Helpers
}
