package io.reeve.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.partition.Limits;
import io.reeve.domain.partition.Now;
import io.reeve.domain.partition.PartitionState;
import io.reeve.domain.task.HeededRules;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.RulesHeeded;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a partition makes of the rules for queues: each command is a row of its own. */
class PausedQueueTest {

  private static final TaskClass MAIL = new TaskClass("mail", "send", Lane.NORMAL, Priority.NORMAL);
  private static final HeededRules PAUSED = new HeededRules(1, new TreeMap<>(Map.of("mail", 0L)));
  private static final HeededRules RESUMED = new HeededRules(2, new TreeMap<>());
  private static final long NOON = 1_000_000;

  private static final Limits LIMITS =
      new Limits(
          100,
          1 << 20,
          new Limits.Kept(100, 1 << 20, 3_600_000),
          new Limits.Kept(100, 1 << 20, 3_600_000),
          new Limits.Requests(1 << 20, 60_000, 86_400_000),
          new Limits.Schedules(10, 1 << 20, 3_600_000),
          new Limits.UniqueKeys(1_000, 1 << 20, null),
          30_000_000_000L,
          30_000_000_000L,
          new Limits.Ended(100, 600_000));
  private static final Partition.Backoff AGAIN =
      new Partition.Backoff(Duration.ofMillis(1), Duration.ofMillis(1), 0);
  private static final Partition.Settings SETTINGS =
      new Partition.Settings(
          LIMITS,
          new Partition.Queue(100, 100, 1 << 20),
          new Partition.BatchMax(100, 1 << 20, 100),
          10,
          new Partition.Snapshots(1_000, 1_000, 2, AGAIN),
          AGAIN);

  private final ActorTestKit kit = ActorTestKit.create();
  private final TestProbe<Grants.ToDispatcher> dispatcher = kit.createTestProbe();
  private final TestProbe<Leases.ToSession> session = kit.createTestProbe();
  private final TestProbe<Clients.Reply> client = kit.createTestProbe();
  private final TestProbe<Partition.Command> self = kit.createTestProbe();
  private final List<PartitionEvent> journal = new ArrayList<>();
  private long incarnation;
  private long wallMs = NOON;
  private PartitionState state = new PartitionState(LIMITS);
  private PartitionTurn turn = new PartitionTurn(0, 1, SETTINGS, () -> 0.5, self.getRef());

  @BeforeEach
  void start() {
    incarnation++;
    state = new PartitionState(LIMITS);
    turn = new PartitionTurn(0, incarnation, SETTINGS, () -> 0.5, self.getRef());
    journal.forEach(state::replay);
    state.recovered(now());
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void whatItHeedsIsStoredBeforeItAnswers() {
    var events = begin(new Grants.Greet(3, dispatcher.getRef(), PAUSED));

    assertThat(events).containsExactly(new RulesHeeded(3, PAUSED, NOON));
    dispatcher.expectNoMessage();
    turn.release();
    var inventory = dispatcher.expectMessageClass(Grants.Inventory.class);
    assertThat(inventory.rulesVersion()).isEqualTo(1);
  }

  @Test
  void nothingIsStoredBeforeTheFirstRule() {
    assertThat(begin(new Grants.Greet(3, dispatcher.getRef(), HeededRules.NONE))).isEmpty();
    turn.release();
    assertThat(dispatcher.expectMessageClass(Grants.Inventory.class).rulesVersion()).isZero();
  }

  @Test
  void aGrantForAPausedQueueLeasesNothing() {
    greet(3, PAUSED);
    submit();

    carryOut(new Grants.Grant(3, 1, MAIL, 1, "h", 1, "w", session.getRef()));

    assertThat(leases()).isZero();
    var report = dispatcher.expectMessageClass(Grants.Report.class);
    assertThat(report.grants()).isEmpty();
    report = dispatcher.expectMessageClass(Grants.Report.class);
    assertThat(report.grants()).containsExactly(new Grants.GrantUse(1, 0, true));
    assertThat(report.ready()).containsExactly(new Grants.ReadyCount(MAIL, 1, NOON));
  }

  @Test
  void aStandingGrantWaitsForTheEndOfThePause() {
    greet(3, HeededRules.NONE);
    standing(3);
    carryOut(new Grants.RulesChanged(3, 7, PAUSED));
    dispatcher.expectMessage(new Grants.Heeded(0, incarnation, 3, 1, 7));

    submit();
    assertThat(leases()).isZero();

    carryOut(new Grants.RulesChanged(3, 8, RESUMED));
    assertThat(leases()).isEqualTo(1);
  }

  @Test
  void aPauseWithAnEndIsOverByTheClock() {
    greet(3, new HeededRules(1, new TreeMap<>(Map.of("mail", NOON + 500))));
    standing(3);
    submit();
    assertThat(leases()).isZero();
    assertThat(turn.nextInNanos()).isEqualTo(500_000_000);

    wallMs += 500;
    carryOut(new Partition.Tick());

    assertThat(leases()).isEqualTo(1);
  }

  @Test
  void anotherQueueGoesOn() {
    greet(3, new HeededRules(1, new TreeMap<>(Map.of("print", 0L))));
    standing(3);

    submit();

    assertThat(leases()).isEqualTo(1);
  }

  @Test
  void aRestartedPartitionStillKeepsThePause() {
    greet(3, PAUSED);
    submit();
    dispatcher.expectMessageClass(Grants.Report.class);

    start();
    greet(4, PAUSED);
    standing(4);

    assertThat(leases()).isZero();
  }

  @Test
  void aRestartedPartitionDoesNotGoBackToAnOlderDispatcher() {
    greet(3, PAUSED);

    start();
    carryOut(new Grants.Greet(2, dispatcher.getRef(), HeededRules.NONE));

    dispatcher.expectMessage(new Grants.Superseded(3));
    assertThat(state.heeded().rules()).isEqualTo(PAUSED);
  }

  @Test
  void anOlderVersionOfTheSameDispatcherIsNoNews() {
    greet(3, RESUMED);

    carryOut(new Grants.RulesChanged(3, 9, PAUSED));

    dispatcher.expectMessage(new Grants.Heeded(0, incarnation, 3, 2, 9));
    assertThat(state.heeded().rules()).isEqualTo(RESUMED);
  }

  @Test
  void whatItKeepsAlreadyIsAnsweredWithoutARow() {
    greet(3, PAUSED);
    var rows = journal.size();

    carryOut(new Grants.RulesChanged(3, 5, PAUSED));

    dispatcher.expectMessage(new Grants.Heeded(0, incarnation, 3, 1, 5));
    assertThat(journal).hasSize(rows);
  }

  @Test
  void rulesOfADispatcherThatAnotherSupersededAreNotAnswered() {
    greet(3, PAUSED);
    greet(4, RESUMED);

    carryOut(new Grants.RulesChanged(3, 5, PAUSED));

    dispatcher.expectNoMessage();
    assertThat(state.heeded().rules()).isEqualTo(RESUMED);
  }

  @Test
  void anAuditBringsARuleWhoseMessageWasLost() {
    greet(3, HeededRules.NONE);

    carryOut(
        new Grants.Audit(3, incarnation, 0, 0, List.of(), List.of(), dispatcher.getRef(), PAUSED));

    dispatcher.expectMessage(new Grants.Heeded(0, incarnation, 3, 1, 0));
    assertThat(state.heeded().rules()).isEqualTo(PAUSED);
  }

  @Test
  void aSnapshotHoldsWhatIsHeeded() {
    greet(3, PAUSED);
    var restored = new PartitionState(LIMITS);

    restored.restore(state.snapshot());

    assertThat(restored.heeded()).isEqualTo(new RulesHeeded(3, PAUSED, NOON));
  }

  private Now now() {
    return new Now(wallMs, wallMs * 1_000_000);
  }

  private List<PartitionEvent> begin(Partition.Command command) {
    turn.begin(state, now(), true);
    turn.carryOut(command);
    return turn.end();
  }

  private void carryOut(Partition.Command command) {
    journal.addAll(begin(command));
    turn.release();
  }

  private void greet(long epoch, HeededRules rules) {
    carryOut(new Grants.Greet(epoch, dispatcher.getRef(), rules));
    dispatcher.expectMessageClass(Grants.Inventory.class);
  }

  private void standing(long epoch) {
    carryOut(
        new Grants.StandingGrant(
            epoch, 1, Set.of("*"), Set.of("*"), Labels.NONE, 4, "h", 1, "w", session.getRef()));
  }

  private void submit() {
    var profile =
        new TaskProfile(
            MAIL,
            300_000,
            0,
            new RetryPolicy(4, Duration.ofSeconds(10), Duration.ofMinutes(10), 2, 0),
            "");
    var task = new Clients.NewTask(profile, 0, 0, new byte[] {1});
    carryOut(new Clients.Submit("", 5, List.of(task), client.getRef()));
  }

  private long leases() {
    return journal.stream().filter(TaskEvent.Leased.class::isInstance).count();
  }
}
