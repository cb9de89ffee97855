package io.reeve.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.rules.EpochStarted;
import io.reeve.domain.rules.LanePreference;
import io.reeve.domain.rules.Pause;
import io.reeve.domain.rules.QueueChange;
import io.reeve.domain.rules.QueueDecision;
import io.reeve.domain.rules.QueueRule;
import io.reeve.domain.rules.QueueSet;
import io.reeve.domain.rules.QueueSettings;
import io.reeve.partition.Grants;
import io.reeve.partition.Grants.ReadyCount;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.Test;

/** What the dispatcher makes of rules for queues, between two partitions that are probes. */
class DispatcherRulesTest extends DispatcherFixture {

  @Test
  void aPauseIsStoredAndHeededByEveryPartitionBeforeItIsAnswered() {
    var running = running();

    var answer = change(running, new QueueChange.PauseUntil("mail", 0, "ann", "upgrade"));

    var told = partition0.expectMessageClass(Grants.RulesChanged.class);
    assertThat(told.rules().pausedUntilMs()).containsExactly(Map.entry("mail", 0L));
    running.fromPartitions().tell(new Grants.Heeded(0, 1, 1, 1, 1));
    answer.expectNoMessage();
    running.fromPartitions().tell(new Grants.Heeded(1, 1, 1, 1, 1));
    var changed = answer.expectMessageClass(Queues.Changed.class);
    assertThat(changed.owing()).isEmpty();
    assertThat(changed.queue().rule().settings().pause())
        .isEqualTo(new Pause("ann", "upgrade", 0, 0));
    assertThat(journal.persistedInStorage(EPOCH_ID))
        .last()
        .isEqualTo(new QueueSet(1, "mail", changed.queue().rule().settings(), "ann", "upgrade", 0));
  }

  @Test
  void thePartitionsThatOweARuleAreNamedInTime() {
    var running = running();
    var answer = change(running, new QueueChange.PauseUntil("mail", 0, "ann", ""));
    partition0.expectMessageClass(Grants.RulesChanged.class);
    running.fromPartitions().tell(new Grants.Heeded(0, 1, 1, 1, 1));
    timersAreSet(running);

    time.timePasses(settings.queues().heededWithin());

    assertThat(answer.expectMessageClass(Queues.Changed.class).owing()).containsExactly(1);
  }

  /** Another dispatcher may have resumed the queue since: only partitions know. */
  @Test
  void aPauseThatIsRepeatedWritesNothingAndIsHeededAnew() {
    var running = running();
    var pause = new QueueChange.PauseUntil("mail", 0, "ann", "");
    var first = change(running, pause);
    answersAll(running, 1, 1);
    first.expectMessageClass(Queues.Changed.class);
    var rows = journal.persistedInStorage(EPOCH_ID).size();

    var answer = change(running, pause);

    var asked = partition0.expectMessageClass(Grants.RulesChanged.class);
    running.fromPartitions().tell(new Grants.Heeded(1, 1, 1, 1, 1));
    running.fromPartitions().tell(new Grants.Heeded(0, 1, 1, 1, asked.ask()));
    answer.expectNoMessage();
    running.fromPartitions().tell(new Grants.Heeded(1, 1, 1, 1, asked.ask()));
    answer.expectMessageClass(Queues.Changed.class);
    assertThat(journal.persistedInStorage(EPOCH_ID)).hasSize(rows);
  }

  @Test
  void aDispatcherThatAnotherSupersededNeitherChangesNorShowsRules() {
    var running = running();
    running.fromPartitions().tell(new Grants.Superseded(2));

    var answer = change(running, new QueueChange.Resume("mail", "", ""));
    var reader = kit.<Queues.Shown>createTestProbe();
    running.self().tell(new Queues.Show("mail", reader.getRef()));

    assertThat(answer.expectMessageClass(Queues.Refused.class).code())
        .isEqualTo(QueueDecision.Code.NO_DISPATCHER);
    reader.expectMessage(Queues.Shown.NOTHING);
  }

  @Test
  void aCallIsAnsweredOnceItsOwnChangeIsHeededThoughOthersFollow() {
    var running = running();
    var ann = change(running, new QueueChange.PauseUntil("mail", 0, "ann", ""));
    partition0.expectMessageClass(Grants.RulesChanged.class);
    partition1.expectMessageClass(Grants.RulesChanged.class);
    var bob = change(running, new QueueChange.PauseUntil("print", 0, "bob", ""));
    timersAreSet(running);

    running.fromPartitions().tell(new Grants.Heeded(0, 1, 1, 1, 1));
    running.fromPartitions().tell(new Grants.Heeded(1, 1, 1, 1, 1));

    ann.expectMessageClass(Queues.Changed.class);
    bob.expectNoMessage();
    answersAll(running, 2, 2);
    bob.expectMessageClass(Queues.Changed.class);
  }

  @Test
  void oneMessageWithRulesIsUnderWayToAPartitionAtATime() {
    var running = running();
    change(running, new QueueChange.PauseUntil("mail", 0, "ann", ""));
    partition0.expectMessageClass(Grants.RulesChanged.class);
    var last = change(running, new QueueChange.PauseUntil("print", 0, "ann", ""));
    change(running, new QueueChange.PauseUntil("scan", 0, "ann", ""));
    last.expectNoMessage();
    partition0.expectNoMessage();

    running.fromPartitions().tell(new Grants.Heeded(0, 1, 1, 1, 1));

    assertThat(partition0.expectMessageClass(Grants.RulesChanged.class).rules().pausedUntilMs())
        .containsOnlyKeys("mail", "print", "scan");
    partition0.expectNoMessage();
  }

  @Test
  void rulesWhoseAnswerWasLostAreToldAgainWithAnAudit() {
    var running = running();
    change(running, new QueueChange.PauseUntil("mail", 0, "ann", ""));
    var lost = partition0.expectMessageClass(Grants.RulesChanged.class);
    timersAreSet(running);

    time.timePasses(settings.auditInterval());

    partition0.expectMessageClass(Grants.Audit.class);
    partition0.expectMessage(lost);
  }

  @Test
  void aDispatcherWhoseRecordDiedDoesNotGoOnWithoutIt() {
    var running = running();
    var watcher = kit.createTestProbe();
    journal.rejectNextPersisted(EPOCH_ID);

    change(running, new QueueChange.PauseUntil("mail", 0, "ann", ""));

    watcher.expectTerminated(running.self());
  }

  @Test
  void aRuleThatFailsCostsNoEpoch() {
    var running = running();
    journal.failNextPersisted(EPOCH_ID);
    var failed = change(running, new QueueChange.PauseUntil("mail", 0, "ann", ""));
    timersAreSet(running);
    time.timePasses(settings.queues().heededWithin());
    assertThat(failed.expectMessageClass(Queues.Refused.class).code())
        .isEqualTo(QueueDecision.Code.NO_DISPATCHER);

    var answer = change(running, new QueueChange.PauseUntil("mail", 0, "ann", ""));
    answersAll(running, 1, 1);

    answer.expectMessageClass(Queues.Changed.class);
    assertThat(journal.persistedInStorage(EPOCH_ID))
        .filteredOn(EpochStarted.class::isInstance)
        .hasSize(1);
  }

  @Test
  void aWeightConcernsNoPartition() {
    var running = running();

    var answer =
        change(
            running, new QueueChange.Configure("mail", 5, LanePreference.STRICT, 0, "ann", "more"));

    var changed = answer.expectMessageClass(Queues.Changed.class);
    assertThat(changed.queue().rule()).isEqualTo(rule(1, 5));
    quiet();
  }

  @Test
  void aRefusalIsToldAsTheRulesHaveIt() {
    var running = running();

    var answer =
        change(running, new QueueChange.Configure("mail", 5, LanePreference.STRICT, 7, "", ""));

    assertThat(answer.expectMessageClass(Queues.Refused.class).code())
        .isEqualTo(QueueDecision.Code.VERSION_CHANGED);
  }

  @Test
  void aRuleThatIsNotStoredIsAnsweredInTime() {
    var running = running();
    journal.failNextNOps(1_000);

    var answer = change(running, new QueueChange.PauseUntil("mail", 0, "ann", ""));
    timersAreSet(running);
    time.timePasses(settings.queues().heededWithin());

    assertThat(answer.expectMessageClass(Queues.Refused.class).code())
        .isEqualTo(QueueDecision.Code.NO_DISPATCHER);
  }

  @Test
  void thereIsNoRuleWithoutAnEpoch() {
    journal.failNextPersisted(EPOCH_ID);
    var dispatcher = start();
    var answer = kit.<Queues.Answer>createTestProbe();

    dispatcher.tell(new Queues.Change(new QueueChange.Resume("mail", "", ""), answer.getRef()));

    assertThat(answer.expectMessageClass(Queues.Refused.class).code())
        .isEqualTo(QueueDecision.Code.NO_DISPATCHER);
  }

  @Test
  void rulesOutliveTheirDispatcher() {
    var pause = new Pause("ann", "upgrade", 0, 0);
    journal.persistForRecovery(
        EPOCH_ID,
        List.of(
            new EpochStarted(6, 0, "other"),
            new QueueSet(4, "mail", QueueSettings.PLAIN.with(pause), "ann", "upgrade", 0)));

    start();

    var greet = greeting();
    assertThat(greet.rules().version()).isEqualTo(4);
    assertThat(greet.rules().pausedUntilMs()).containsExactly(Map.entry("mail", 0L));
  }

  @Test
  void aPartitionThatAnswersWithAnOlderVersionIsToldTheRules() {
    var running = running();
    change(running, new QueueChange.PauseUntil("mail", 0, "ann", ""));
    partition0.expectMessageClass(Grants.RulesChanged.class);

    running.fromPartitions().tell(inventory(0, 2, partition0));

    assertThat(partition0.expectMessageClass(Grants.RulesChanged.class).rules().version())
        .isEqualTo(1);
  }

  @Test
  void nothingOfAPausedQueueIsProposed() {
    var running = running();
    change(running, new QueueChange.PauseUntil("mail", 0, "ann", ""));
    partition0.expectMessageClass(Grants.RulesChanged.class);
    running.fromPartitions().tell(report(0, 0, List.of(new ReadyCount(MAIL, 3, 0)), List.of()));

    running.self().tell(register("a", 1, 4, 0));

    partition0.expectMessageClass(Grants.StandingGrant.class);
    partition0.expectNoMessage();
    running.fromPartitions().tell(new Grants.Heeded(0, 1, 1, 1, 1));
    assertThat(demand(running.self()).ready()).isZero();
    change(running, new QueueChange.Resume("mail", "ann", ""));
    partition0.expectMessageClass(Grants.RulesChanged.class);
    assertThat(demand(running.self()).ready()).isEqualTo(3);
  }

  @Test
  void queuesAreShownByNameWithSettingsAndReadyTasks() {
    var running = running();
    change(running, new QueueChange.Configure("print", 5, LanePreference.STRICT, 0, "ann", "more"))
        .expectMessageClass(Queues.Changed.class);
    running.fromPartitions().tell(report(0, 0, List.of(new ReadyCount(MAIL, 3, 0)), List.of()));
    timersAreSet(running);
    var reader = kit.<Queues.Shown>createTestProbe();

    running.self().tell(new Queues.ShowAll("", 10, reader.getRef()));
    running.self().tell(new Queues.ShowAll("", 1, reader.getRef()));
    running.self().tell(new Queues.ShowAll("mail", 1, reader.getRef()));
    running.self().tell(new Queues.Show("never seen", reader.getRef()));

    var mail = new Queues.Line("mail", QueueRule.NONE, 0, 3);
    var print = new Queues.Line("print", rule(1, 5), 0, 0);
    reader.expectMessage(new Queues.Shown(1, List.of(mail, print), false));
    reader.expectMessage(new Queues.Shown(1, List.of(mail), true));
    reader.expectMessage(new Queues.Shown(1, List.of(print), false));
    reader.expectMessage(
        new Queues.Shown(1, List.of(new Queues.Line("never seen", QueueRule.NONE, 0, 0)), false));
  }

  private static QueueRule rule(long version, int weight) {
    return new QueueRule(version, new QueueSettings(weight, LanePreference.STRICT, null));
  }

  private TestProbe<Queues.Answer> change(Running running, QueueChange change) {
    var answer = kit.<Queues.Answer>createTestProbe();
    running.self().tell(new Queues.Change(change, answer.getRef()));
    return answer;
  }

  // ---- Helpers

  /** Both partitions answer the rules that they are told. */
  private void answersAll(Running running, long version, long ask) {
    partition0.expectMessageClass(Grants.RulesChanged.class);
    partition1.expectMessageClass(Grants.RulesChanged.class);
    running.fromPartitions().tell(new Grants.Heeded(0, 1, 1, version, ask));
    running.fromPartitions().tell(new Grants.Heeded(1, 1, 1, version, ask));
  }
}
