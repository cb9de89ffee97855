package io.reeve.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.reeve.domain.dispatch.CreditTotals;
import io.reeve.domain.dispatch.Demand;
import io.reeve.domain.dispatch.WorkerKind;
import io.reeve.domain.rules.EpochStarted;
import io.reeve.domain.rules.LanePreference;
import io.reeve.domain.rules.Pause;
import io.reeve.domain.rules.QueueChange;
import io.reeve.domain.rules.QueueDecision;
import io.reeve.domain.rules.QueueRule;
import io.reeve.domain.rules.QueueSet;
import io.reeve.domain.rules.QueueSettings;
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
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the dispatcher makes of rules for queues, between two partitions that are probes. */
class DispatcherRulesTest {

  private static final TaskClass MAIL = new TaskClass("mail", "send", Lane.NORMAL, Priority.NORMAL);
  private static final String EPOCH_ID = "dispatcher";

  private final ActorTestKit kit =
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
  private final ManualTime time = ManualTime.get(kit.system());
  private final PersistenceTestKit journal = PersistenceTestKit.create(kit.system());
  private final DispatcherSettings settings =
      DispatcherSettings.from(kit.system().settings().config());
  private final TestProbe<ShardingEnvelope<Partition.Command>> region = kit.createTestProbe();
  private final TestProbe<Partition.Command> partition0 = kit.createTestProbe();
  private final TestProbe<Partition.Command> partition1 = kit.createTestProbe();
  private final TestProbe<Dispatcher.ToSession> session = kit.createTestProbe();
  private final TestProbe<Leases.ToSession> delivery = kit.createTestProbe();

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

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

  private record Running(
      ActorRef<Dispatcher.Command> self, ActorRef<Grants.ToDispatcher> fromPartitions) {}

  private ActorRef<Dispatcher.Command> start() {
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

  private Demand demand(ActorRef<Dispatcher.Command> dispatcher) {
    var reader = kit.<Dispatcher.DemandShown>createTestProbe();
    var any = new WorkerKind(Set.of(), Set.of());
    dispatcher.tell(new Dispatcher.ShowDemand(any, reader.getRef()));
    return reader.receiveMessage().demand();
  }

  /** Both partitions answer the rules that they are told. */
  private void answersAll(Running running, long version, long ask) {
    partition0.expectMessageClass(Grants.RulesChanged.class);
    partition1.expectMessageClass(Grants.RulesChanged.class);
    running.fromPartitions().tell(new Grants.Heeded(0, 1, 1, version, ask));
    running.fromPartitions().tell(new Grants.Heeded(1, 1, 1, version, ask));
  }

  /** Whoever is answered knows that the dispatcher is through with what made it send so far. */
  private void timersAreSet(Running running) {
    var reader = kit.<Dispatcher.EpochShown>createTestProbe();
    running.self().tell(new Dispatcher.ShowEpoch(reader.getRef()));
    reader.receiveMessage();
  }

  private Running running() {
    var self = start();
    var greet = greeting();
    greeting();
    greet.dispatcher().tell(inventory(0, 1, partition0));
    greet.dispatcher().tell(inventory(1, 1, partition1));
    return new Running(self, greet.dispatcher());
  }

  private Grants.Greet greeting() {
    return (Grants.Greet) region.receiveMessage().message();
  }

  private static Grants.Inventory inventory(
      int partition, long incarnation, TestProbe<Partition.Command> self) {
    return new Grants.Inventory(partition, incarnation, 1, List.of(), self.getRef(), 0);
  }

  private static Grants.Report report(
      int partition, long lastSeq, List<ReadyCount> ready, List<GrantUse> uses) {
    return new Grants.Report(partition, 1, 1, lastSeq, ready, uses);
  }

  private Dispatcher.Register register(String holder, int sessionNo, int capacity, int reserve) {
    return register(holder, sessionNo, capacity, reserve, session.getRef());
  }

  private Dispatcher.Register register(
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

  private void quiet() {
    partition0.expectNoMessage();
    partition1.expectNoMessage();
  }
}
