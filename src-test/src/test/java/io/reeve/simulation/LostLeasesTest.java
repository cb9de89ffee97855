package io.reeve.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.check.Fact;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Leases that are lost between two nodes whose workers beat on and keep renewing them: they have to
 * end long before their execution timeout. Once the load is over they would by themselves, so this
 * looks at each one while work goes on.
 */
class LostLeasesTest {

  private static final int SEEDS = 20;
  private static final long LOAD_MS = 60_000;
  private static final int TASK_EVERY_MS = 60;
  private static final int LOSS_PERCENT = 5;

  /** Asking and answering may be lost as well: this allows for nine rounds in vain. */
  private static final Duration WITHIN = Tuning.AUDIT.multipliedBy(10);

  /** How long leases lasted that reached no worker. */
  private static final class Undelivered {

    private record Open(long fence, long sinceNanos) {}

    private final Map<TaskId, Open> open = new HashMap<>();
    private final List<Duration> lasted = new ArrayList<>();

    void add(Fact fact) {
      if (fact instanceof Fact.Delivered delivered) {
        var lease = open.get(delivered.task());
        if (lease != null && lease.fence() == delivered.fence()) {
          open.remove(delivered.task());
        }
      } else if (fact instanceof Fact.Stored stored && stored.event() instanceof TaskEvent event) {
        var task = new TaskId(stored.partition(), event.sequence());
        var ended = open.remove(task);
        if (ended != null) {
          lasted.add(Duration.ofNanos(stored.decidedAtNanos() - ended.sinceNanos()));
        }
        if (event instanceof TaskEvent.Leased leased) {
          open.put(task, new Open(leased.fence(), stored.decidedAtNanos()));
        }
      }
    }
  }

  @Test
  void aLeaseThatNoWorkerGotEndsSoonThoughItsSessionRenews() {
    var lost = 0;
    for (var seed = 1; seed <= SEEDS; seed++) {
      var undelivered = run(seed, Flaw.NONE);

      assertThat(undelivered.open).as("seed %d: leases without end", seed).isEmpty();
      assertThat(undelivered.lasted)
          .as("seed %d: leases that no worker got", seed)
          .allMatch(lasted -> lasted.compareTo(WITHIN) < 0);
      lost += undelivered.lasted.size();
    }
    System.out.printf("%d leases reached no worker%n", lost);
    assertThat(lost).isPositive();
  }

  @Test
  void withoutAnAuditSomeLastUntilTheyTimeOut() {
    var longest = Duration.ZERO;
    for (var seed = 1; seed <= SEEDS; seed++) {
      for (var lasted : run(seed, Flaw.AUDITS_NOTHING).lasted) {
        longest = lasted.compareTo(longest) > 0 ? lasted : longest;
      }
    }

    assertThat(longest).isGreaterThan(WITHIN);
  }

  private static Undelivered run(long seed, Flaw flaw) {
    var undelivered = new Undelivered();
    Simulation.record(plan(seed), flaw, undelivered::add);
    return undelivered;
  }

  /** Two nodes that lose one message in twenty both ways, under a steady load. */
  private static Plan plan(long seed) {
    var random = new SplittableRandom(seed);
    var steps = new ArrayList<Step>();
    steps.add(new Step(0, Step.What.LINK_LOSES, 1, LOSS_PERCENT, LOAD_MS));
    steps.add(new Step(0, Step.What.LINK_LOSES, 8, LOSS_PERCENT, LOAD_MS));
    for (var at = 0; at < LOAD_MS; at += TASK_EVERY_MS) {
      steps.add(new Step(at, Step.What.SUBMIT, 0, 1, random.nextLong()));
    }
    var any = List.of("*");
    var workers =
        List.of(
            new WorkerOffer("worker0", 10, 2, 0, any, Set.of("*")),
            new WorkerOffer("worker1", 10, 2, 0, any, Set.of("*")));
    return new Plan(seed, 2, 2, 1, workers, LOAD_MS, List.copyOf(steps));
  }
}
