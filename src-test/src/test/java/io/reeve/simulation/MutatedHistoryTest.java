package io.reeve.simulation;

import static io.reeve.simulation.HistoryChanges.after;
import static io.reeve.simulation.HistoryChanges.again;
import static io.reeve.simulation.HistoryChanges.changed;
import static io.reeve.simulation.HistoryChanges.event;
import static io.reeve.simulation.HistoryChanges.failure;
import static io.reeve.simulation.HistoryChanges.id;
import static io.reeve.simulation.HistoryChanges.leased;
import static io.reeve.simulation.HistoryChanges.mutated;
import static io.reeve.simulation.HistoryChanges.overtake;
import static io.reeve.simulation.HistoryChanges.stored;
import static io.reeve.simulation.HistoryChanges.task;
import static io.reeve.simulation.HistoryChanges.without;
import static io.reeve.simulation.HistoryChanges.withoutLast;
import static io.reeve.simulation.HistoryChanges.withoutTasks;
import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.check.Checker;
import io.reeve.check.Fact;
import io.reeve.check.Invariant;
import io.reeve.check.Violation;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Outcome;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.Redriven;
import io.reeve.domain.task.ScheduleEvent;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskState;
import io.reeve.domain.task.UniqueTaken;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The checker finds what it is for: histories of the simulation are good, and each broken in one
 * way is caught, under the name of what was broken.
 */
class MutatedHistoryTest {

  private static final int HISTORIES = 12;
  private static final long LEASE_NANOS = Tuning.LEASE.toNanos();

  private record Mutation(String name, Invariant broken, Function<List<Fact>, Boolean> apply) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final List<List<Fact>> GOOD = new ArrayList<>();

  @BeforeAll
  static void record() {
    for (var seed = 1; GOOD.size() < HISTORIES; seed++) {
      var facts = new ArrayList<Fact>();
      assertThat(Simulation.record(Plan.of(seed, false), Flaw.NONE, facts::add).violations())
          .isEmpty();
      GOOD.add(facts);
    }
  }

  @Test
  void goodHistoriesPass() {
    assertThat(GOOD).allSatisfy(history -> assertThat(judge(history)).isEmpty());
  }

  @ParameterizedTest
  @MethodSource("mutations")
  void brokenOnesAreCaught(Mutation mutation) {
    var broken = 0;
    for (var history : GOOD) {
      var mutated = new ArrayList<>(history);
      if (mutation.apply().apply(mutated)) {
        broken++;
        assertThat(judge(mutated)).extracting(Violation::invariant).contains(mutation.broken());
      }
    }
    assertThat(broken).as("histories that could be broken so").isPositive();
  }

  static Stream<Mutation> mutations() {
    var all = new LinkedHashMap<String, Mutation>();
    Consumer<Mutation> add = mutation -> all.put(mutation.name(), mutation);
    journal(add);
    deadLetters(add);
    clients(add);
    workers(add);
    add.accept(
        new Mutation(
            "an epoch is opened again", Invariant.EPOCHS_GROW, again(Fact.EpochOpened.class)));
    add.accept(
        new Mutation(
            "a lease under an older epoch",
            Invariant.EPOCHS_GROW,
            after(
                Fact.Greeted.class,
                greeted ->
                    new Fact.LeasedUnder(
                        greeted.partition(), greeted.incarnation(), greeted.epoch() - 1))));
    return all.values().stream();
  }

  private static boolean isRun(ScheduleEvent.Fired event) {
    return event.cause() == ScheduleEvent.Cause.RULE && event.plannedMs().length > 0;
  }

  // ---- In the journal

  private static void journal(Consumer<Mutation> add) {
    add.accept(
        new Mutation(
            "a stored task is dropped",
            Invariant.NO_LOST_ACK,
            without(fact -> event(fact, Submission.class) != null)));
    add.accept(
        new Mutation(
            "a schedule fires twice",
            Invariant.ONE_TASK_PER_INSTANT,
            changed(
                ScheduleEvent.Fired.class,
                MutatedHistoryTest::isRun,
                (facts, at, e) -> facts.add(at + 1, facts.get(at)))));
    add.accept(
        new Mutation(
            "a schedule passes over an instant",
            Invariant.EVERY_INSTANT_ANSWERED,
            changed(
                ScheduleEvent.Fired.class,
                MutatedHistoryTest::isRun,
                (facts, at, e) -> facts.set(at, stored(facts.get(at), withoutTasks(e))))));
    add.accept(
        new Mutation(
            "an end is dropped",
            Invariant.EVERYTHING_ENDS,
            withoutLast(fact -> event(fact, TaskEvent.Completed.class) != null)));
    add.accept(
        new Mutation(
            "a second end",
            Invariant.ONE_END,
            changed(
                TaskEvent.Completed.class,
                (facts, at, e) ->
                    facts.add(
                        at + 1,
                        stored(
                            facts.get(at),
                            new TaskEvent.Died(e.sequence(), e.fence(), failure(), e.atMs()))))));
    add.accept(
        new Mutation(
            "a stale settlement is accepted",
            Invariant.FENCES_GROW,
            changed(
                TaskEvent.Completed.class,
                (facts, at, e) ->
                    facts.set(
                        at,
                        stored(
                            facts.get(at),
                            new TaskEvent.Completed(
                                e.sequence(), e.fence() - 1, e.result(), e.atMs()))))));
    add.accept(
        new Mutation(
            "a fence skips one",
            Invariant.FENCES_GROW,
            changed(
                TaskEvent.Leased.class,
                (facts, at, e) -> facts.set(at, stored(facts.get(at), leased(e, 0, 1, 0))))));
    add.accept(
        new Mutation(
            "two leases overlap",
            Invariant.ONE_LEASE,
            changed(
                TaskEvent.Leased.class,
                (facts, at, e) -> facts.add(at + 1, stored(facts.get(at), leased(e, 1, 1, 0))))));
    add.accept(
        new Mutation(
            "an attempt beyond the bound",
            Invariant.ATTEMPTS_BOUND,
            changed(
                TaskEvent.Leased.class,
                (facts, at, e) -> facts.set(at, stored(facts.get(at), leased(e, 9, 0, 0))))));
    add.accept(
        new Mutation(
            "a task that kills its workers runs on",
            Invariant.LOSSES_BOUND,
            HistoryChanges::runOnThoughPoison));
    add.accept(
        new Mutation(
            "a wait is cut short",
            Invariant.BACKOFF_KEPT,
            changed(
                TaskEvent.AttemptFailed.class,
                e -> e.failure().type() != FailureType.WORKER_LOST,
                (facts, at, e) ->
                    facts.set(
                        at,
                        stored(
                            facts.get(at),
                            new TaskEvent.AttemptFailed(
                                e.sequence(), e.fence(), e.failure(), e.atMs(), e.atMs()))))));
    add.accept(
        new Mutation(
            "a start before its time",
            Invariant.NOT_TOO_EARLY,
            changed(
                TaskEvent.Leased.class,
                (facts, at, e) ->
                    facts.set(at, stored(facts.get(at), leased(e, 0, 0, -100_000_000))))));
    add.accept(
        new Mutation(
            "a task that was handed back does not expire",
            Invariant.EXPIRES_IN_TIME,
            HistoryChanges::leaseExpiredAfterHandBack));
    add.accept(
        new Mutation(
            "a task expires too early",
            Invariant.NOT_TOO_EARLY,
            changed(
                TaskEvent.Expired.class,
                (facts, at, e) ->
                    facts.set(
                        at,
                        stored(
                            facts.get(at),
                            new TaskEvent.Expired(e.sequence(), e.atMs() - 100_000_000))))));
    add.accept(
        new Mutation(
            "a lease runs out before its time",
            Invariant.NOT_TOO_EARLY,
            changed(
                TaskEvent.Lost.class,
                e -> e.failure().message().equals("the lease ran out"),
                (facts, at, e) ->
                    facts.set(
                        at, new Fact.Stored(((Fact.Stored) facts.get(at)).partition(), e, 0)))));
    add.accept(
        new Mutation(
            "a task of lower priority goes first",
            Invariant.PRIORITY_FIRST,
            facts -> overtake(facts, priority -> priority != Priority.LOW, Priority.LOW)));
    add.accept(
        new Mutation(
            "a later task goes first",
            Invariant.FIRST_IN_FIRST_OUT,
            facts -> overtake(facts, priority -> priority == Priority.LOW, Priority.LOW)));
    add.accept(
        new Mutation(
            "a lease runs out though it was renewed",
            Invariant.RENEWALS_COUNT,
            changed(
                TaskEvent.Leased.class,
                (facts, at, e) ->
                    facts.add(at + 1, new Fact.LeaseRanOut(0, e.holder(), LEASE_NANOS - 1)))));
    add.accept(
        new Mutation(
            "one request is stored twice",
            Invariant.ONE_SUBMISSION_PER_REQUEST,
            changed(
                Submission.class,
                (facts, at, e) ->
                    facts.add(
                        at + 1,
                        stored(
                            facts.get(at),
                            new Submission(
                                e.requestId(),
                                e.bodyHash(),
                                9_000,
                                e.atMs(),
                                List.of(task(e, 9_000))))))));
    add.accept(
        new Mutation(
            "a key is taken twice",
            Invariant.UNIQUE_KEPT,
            changed(
                UniqueTaken.class,
                (facts, at, e) ->
                    facts.add(
                        at + 1,
                        stored(
                            facts.get(at),
                            new UniqueTaken(e.key(), 9_000, e.scope(), e.untilMs(), e.atMs()))))));
    add.accept(
        new Mutation(
            "a grant after the cancelling",
            Invariant.CANCEL_IS_FINAL,
            mutated(
                fact -> fact instanceof Fact.CancelAnswered,
                (facts, at) -> {
                  var task = ((Fact.CancelAnswered) facts.get(at)).task();
                  facts.add(
                      at + 1,
                      new Fact.Stored(
                          task.partition(),
                          new TaskEvent.Leased(task.sequence(), 1, 1, "h", "w", 0, 0),
                          Fact.UNKNOWN));
                })));
  }

  // ---- What became of dead tasks

  private static void deadLetters(Consumer<Mutation> add) {
    add.accept(
        new Mutation(
            "a dead task is redriven twice",
            Invariant.REDRIVEN_ONCE,
            changed(
                Redriven.class,
                (facts, at, e) -> {
                  var spec = e.task().spec();
                  var next = new Task.Spec(1L << 60, spec.profile(), spec.bytes(), e.atMs());
                  var again = Task.Queued.redriving(e.sequence(), next);
                  facts.add(
                      at + 1,
                      stored(facts.get(at), new Redriven(e.sequence(), again, e.by(), e.atMs())));
                })));
    add.accept(
        new Mutation(
            "a redrive changes the payload",
            Invariant.REDRIVEN_ONCE,
            changed(
                Redriven.class,
                (facts, at, e) -> {
                  var spec = e.task().spec();
                  var next =
                      new Task.Spec(spec.sequence(), spec.profile(), new byte[] {99}, e.atMs());
                  var other = Task.Queued.redriving(e.sequence(), next);
                  facts.set(
                      at,
                      stored(facts.get(at), new Redriven(e.sequence(), other, e.by(), e.atMs())));
                })));
    add.accept(
        new Mutation(
            "a dead letter is not listed",
            Invariant.DEAD_KEPT,
            changed(
                TaskEvent.Died.class,
                (facts, at, e) -> {
                  var partition = ((Fact.Stored) facts.get(at)).partition();
                  facts.add(at + 1, new Fact.DeadListed("c", partition, Set.of()));
                  facts.add(at + 1, new Fact.DeadListCalled("c", partition));
                })));
  }

  // ---- What clients saw

  private static void clients(Consumer<Mutation> add) {
    add.accept(
        new Mutation(
            "a ghost", Invariant.NO_GHOST, without(fact -> fact instanceof Fact.SubmitCalled)));
    add.accept(
        new Mutation(
            "an answer before anything is stored",
            Invariant.NO_LOST_ACK,
            mutated(
                fact -> fact instanceof Fact.SubmitAnswered,
                (facts, at) -> facts.add(0, facts.remove(at)))));
    add.accept(
        new Mutation(
            "two answers to one request",
            Invariant.ONE_SUBMISSION_PER_REQUEST,
            after(
                Fact.SubmitAnswered.class,
                a ->
                    new Fact.SubmitAnswered(
                        a.requestId(), a.partition(), a.firstSequence() + 1, a.count()))));
    add.accept(
        new Mutation(
            "a cancel that did not happen",
            Invariant.CANCEL_IS_FINAL,
            changed(
                TaskEvent.Completed.class,
                (facts, at, e) -> facts.add(new Fact.CancelAnswered(id(facts.get(at)))))));
    add.accept(
        new Mutation(
            "another result is read",
            Invariant.ONE_END,
            changed(
                TaskEvent.Completed.class,
                (facts, at, e) ->
                    facts.add(
                        new Fact.ReadAnswered(
                            "c", id(facts.get(at)), TaskState.COMPLETED, 1, 7)))));
    add.accept(
        new Mutation(
            "a failure is not shown while the next attempt runs",
            Invariant.FAILURE_KEPT,
            changed(
                TaskEvent.Leased.class,
                e -> e.attempt() > 1,
                (facts, at, e) ->
                    facts.add(
                        at + 1,
                        new Fact.FailureRead(
                            id(facts.get(at)), TaskState.LEASED, e.fence(), null)))));
    add.accept(
        new Mutation(
            "a task goes back",
            Invariant.READS_GO_ON,
            changed(
                TaskEvent.Leased.class,
                (facts, at, e) -> {
                  facts.add(
                      at + 1, new Fact.ReadAnswered("c", id(facts.get(at)), TaskState.READY, 0, 0));
                  facts.add(
                      at + 1,
                      new Fact.ReadAnswered("c", id(facts.get(at)), TaskState.LEASED, 1, 0));
                })));
  }

  // ---- What workers saw

  private static void workers(Consumer<Mutation> add) {
    add.accept(
        new Mutation(
            "something beside a task in quarantine",
            Invariant.QUARANTINE_ALONE,
            HistoryChanges::deliverBesideQuarantined));
    add.accept(
        new Mutation("labels are missing", Invariant.LABELS_KEPT, HistoryChanges::lackLabels));
    add.accept(
        new Mutation(
            "more than the credit",
            Invariant.CREDIT_KEPT,
            mutated(
                fact -> fact instanceof Fact.Delivered,
                (facts, at) -> {
                  for (var more = 0; more < 20; more++) {
                    facts.add(at, facts.get(at));
                  }
                })));
    add.accept(
        new Mutation(
            "a normal task in the urgent reserve",
            Invariant.CREDIT_KEPT,
            mutated(
                fact -> fact instanceof Fact.SessionBegan s && s.urgentReserve() > 0,
                (facts, at) -> {
                  var began = (Fact.SessionBegan) facts.get(at);
                  for (var n = began.held(); n <= began.capacity() - began.urgentReserve(); n++) {
                    facts.add(
                        at + 1,
                        new Fact.Delivered(began.session(), new TaskId(0, 1), 1, Lane.NORMAL));
                  }
                })));
    add.accept(
        new Mutation(
            "a lease that is not stored",
            Invariant.LEASES_ARE_STORED,
            after(
                Fact.Delivered.class,
                d -> new Fact.Delivered(d.session(), d.task(), d.fence() + 100, d.lane()))));
    add.accept(
        new Mutation(
            "an accepted settlement that is not stored",
            Invariant.SETTLEMENTS_AGREE,
            after(
                Fact.SettleAnswered.class,
                s ->
                    new Fact.SettleAnswered(
                        s.task(), s.fence(), Outcome.COMPLETED, s.result() + 1, true))));
    add.accept(
        new Mutation(
            "a refused completion that is stored",
            Invariant.SETTLEMENTS_AGREE,
            mutated(
                fact ->
                    fact instanceof Fact.SettleAnswered s
                        && s.accepted()
                        && s.outcome() == Outcome.COMPLETED,
                (facts, at) -> {
                  var s = (Fact.SettleAnswered) facts.get(at);
                  facts.set(
                      at,
                      new Fact.SettleAnswered(s.task(), s.fence(), s.outcome(), s.result(), false));
                })));
  }

  private static List<Violation> judge(List<Fact> history) {
    var checker = Checker.ofEverything(LEASE_NANOS);
    history.forEach(checker::add);
    checker.end();
    return checker.violations();
  }
}
