package io.reeve.domain.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.domain.task.Discarded;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.LossRule;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.Redriven;
import io.reeve.domain.task.RetryEdits;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskProfile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any commands in any order, from a seed: the rules hold after each step, and what the events tell
 * is what happened. Each build takes other seeds. A failure names its seed, and {@code -Dseed=}
 * repeats it.
 */
class PartitionStateRandomTest {

  private static final int SEEDS = 12;
  private static final int STEPS = 6_000;
  private static final Limits LIMITS =
      new Limits(
          300,
          1 << 20,
          new Limits.Kept(40, 1 << 20, 20_000),
          new Limits.Kept(20, 1 << 20, 40_000),
          new Limits.Requests(20 * RequestBook.cost("r12"), 0, 60_000),
          new Limits.Schedules(1_000, 1 << 20, 3_600_000),
          new Limits.UniqueKeys(1_000, 1 << 20, null),
          Duration.ofSeconds(30).toNanos(),
          1,
          new Limits.Ended(5, 60_000));

  /** A holder that is gone does not come back; the next one has another name. */
  private final List<String> holders = new ArrayList<>(List.of("anna", "berta", "clara"));

  private static final TaskClass ANY_CLASS =
      new TaskClass("q0", "k0", Lane.NORMAL, Priority.NORMAL);

  private static final List<Priority> PRIORITIES = List.of(Priority.values());

  private record NewTask(TaskProfile profile, long notBeforeMs, long delayMs, byte[] spec)
      implements Incoming {}

  private final List<PartitionEvent> journal = new ArrayList<>();
  private PartitionState state = new PartitionState(LIMITS);
  private long wallMs = 1_000_000;
  private long nanos = 0;

  static LongStream seeds() {
    var only = Long.getLong("seed");
    return only == null
        ? LongStream.iterate(System.nanoTime(), seed -> seed + 1).limit(SEEDS)
        : LongStream.of(only);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void anyCommandOrderKeepsTheRules(long seed) {
    var random = new SplittableRandom(seed);
    state.recovered(now());
    for (var step = 0; step < STEPS; step++) {
      var events = new ArrayList<PartitionEvent>();
      wallMs += random.nextInt(40);
      nanos += random.nextInt(40) * 1_000_000L;
      state.sweep(now(), Integer.MAX_VALUE, events);
      command(random, events);
      state
          .leases()
          .endOverdue(now(), random::nextDouble, (lease, reason) -> {}, Integer.MAX_VALUE, events);
      journal.addAll(events);
      if (step % 50 == 0) {
        checkIndexes();
      }
      if (random.nextInt(500) == 0) {
        restart(random.nextBoolean());
      }
    }
    checkHistory();
  }

  private void command(SplittableRandom random, List<PartitionEvent> events) {
    var sequence = 1 + random.nextLong(Math.max(1, lastSequence()));
    var task = state.get(sequence);
    var fence = Math.max(0, task.fence() - random.nextInt(2));
    var place = random.nextInt(holders.size());
    var holder = holders.get(place);
    switch (random.nextInt(14)) {
      case 0, 1, 2 -> submit(random, events);
      case 3, 4, 5 -> {
        var classes = state.readyClasses();
        if (!classes.isEmpty()) {
          var taskClass = classes.get(random.nextInt(classes.size()));
          var wanted = 1 + random.nextInt(5);
          var expected = nextOf(taskClass, wanted);
          var leased =
              state
                  .leases()
                  .lease(
                      taskClass,
                      wanted,
                      new LeaseRules.Grantee(holder, 1 + random.nextInt(2), "w-" + holder),
                      now(),
                      events);
          if (leased != null) {
            assertThat(leased).extracting(t -> t.spec().sequence()).isEqualTo(expected);
          }
        }
      }
      case 6, 7 ->
          state
              .leases()
              .settle(holder, settlement(random, sequence, fence), now(), () -> 0.5, events);
      case 8 -> {
        if (task instanceof Task.Leased leased) {
          state
              .leases()
              .settle(
                  leased.holder(),
                  settlement(random, sequence, leased.fence()),
                  now(),
                  () -> 0.5,
                  events);
        }
      }
      case 9 -> state.cancel(sequence, "enough", now(), events);
      case 10 -> state.leases().renew(holder, 9, now());
      case 11 -> dispose(random, sequence, events);
      case 12 -> disposeNext(random, events);
      default -> {
        if (random.nextBoolean()) {
          state.leases().end(holder, 9, random.nextBoolean(), now(), events);
          var late = new LeaseRules.Grantee(holder, 9, "w-" + holder);
          assertThat(state.leases().lease(ANY_CLASS, 1, late, now(), events)).isNull();
          holders.set(place, holder.charAt(0) + "" + random.nextInt(1_000_000_000));
        } else {
          state
              .leases()
              .attach(holder, 2, new long[] {sequence}, new long[] {task.fence()}, now(), events);
        }
      }
    }
  }

  private void dispose(SplittableRandom random, long sequence, List<PartitionEvent> events) {
    var before = state.get(sequence);
    var answer =
        random.nextBoolean()
            ? state.dead().redrive(sequence, null, edits(random), "anna", now(), events)
            : state.dead().discard(sequence, "anna", now(), events);
    if (!(before instanceof Task.Dead)) {
      assertThat(answer).isInstanceOf(DeadLetters.Answer.Refused.class);
    }
  }

  private void disposeNext(SplittableRandom random, List<PartitionEvent> events) {
    var bounds = new DeadLetters.Bounds(1 + random.nextInt(3), 1 + random.nextInt(9), 1 << 20);
    var step = state.dead().next(random.nextLong(lastSequence() + 1), DeadFilter.ALL, bounds);
    for (var task : step.matching()) {
      assertThat(task.isOpen()).isTrue();
      state.dead().redrive(task.spec().sequence(), null, edits(random), "anna", now(), events);
    }
  }

  private static DeadLetters.Edits edits(SplittableRandom random) {
    return random.nextBoolean()
        ? DeadLetters.Edits.NONE
        : new DeadLetters.Edits(new RetryEdits(2, null, null, 0, null, List.of()), new byte[] {9});
  }

  /** The numbers of the tasks that have to start next: by priority, then by number. */
  private List<Long> nextOf(TaskClass taskClass, int count) {
    var ready = new ArrayList<Task.Spec>();
    state.forEachAfter(
        0,
        task -> {
          if (task instanceof Task.Queued queued
              && queued.dueAtMs() <= wallMs
              && queued.taskClass(LossRule.DEFAULT).isAlike(taskClass)
              && queued.spec().profile().priority().compareTo(taskClass.priority()) >= 0) {
            ready.add(queued.spec());
          }
          return true;
        });
    ready.sort(
        Comparator.comparing((Task.Spec spec) -> -PRIORITIES.indexOf(spec.profile().priority()))
            .thenComparing(Task.Spec::sequence));
    return ready.stream().limit(count).map(Task.Spec::sequence).toList();
  }

  private void submit(SplittableRandom random, List<PartitionEvent> events) {
    var profile =
        new TaskProfile(
            new TaskClass(
                "q" + random.nextInt(2),
                "k" + random.nextInt(2),
                random.nextBoolean() ? Lane.NORMAL : Lane.URGENT,
                PRIORITIES.get(random.nextInt(4))),
            50 + random.nextInt(400),
            random.nextInt(3) == 0 ? 1 + random.nextInt(300) : 0,
            new RetryPolicy(
                1 + random.nextInt(3), Duration.ofMillis(30), Duration.ofMillis(200), 2, 0.2),
            "");
    var tasks = new ArrayList<NewTask>();
    for (var i = 0; i <= random.nextInt(4); i++) {
      tasks.add(new NewTask(profile, 0, random.nextInt(4) == 0 ? 100 : 0, new byte[] {7}));
    }
    var requestId = random.nextBoolean() ? "" : "r" + random.nextInt(30);
    var known = lastSequence();
    var answer = state.submit(requestId, tasks.size(), tasks, now(), events);
    if (answer instanceof PartitionState.Answer.Taken taken && taken.already()) {
      assertThat(taken.count()).isEqualTo(tasks.size());
      assertThat(taken.firstSequence()).isLessThanOrEqualTo(known);
    }
  }

  private static Settlement settlement(SplittableRandom random, long sequence, long fence) {
    return switch (random.nextInt(4)) {
      case 0 ->
          Settlement.failed(sequence, fence, new Failure(FailureType.ERROR, "no", ""), false, 0);
      case 1 -> Settlement.released(sequence, fence, "not now");
      default -> Settlement.completed(sequence, fence, new byte[] {1});
    };
  }

  /** What is kept beside the tasks agrees with the tasks. */
  private void checkIndexes() {
    var ready = new HashMap<TaskClass, Integer>();
    var leases = new HashMap<String, Integer>();
    var live = new int[1];
    var bytes = new long[1];
    var open = new ArrayList<Long>();
    state.forEachAfter(
        0,
        task -> {
          if (task instanceof Task.Queued queued && queued.dueAtMs() <= wallMs) {
            ready.merge(queued.taskClass(LossRule.DEFAULT), 1, Integer::sum);
          } else if (task instanceof Task.Leased leased) {
            leases.merge(leased.holder(), 1, Integer::sum);
          }
          if (!(task instanceof Task.Finished)) {
            live[0]++;
            bytes[0] +=
                task.spec().bytes().length + Limits.TASK_OVERHEAD + task.past().attemptBytes();
          } else if (task instanceof Task.Dead dead && dead.isOpen()) {
            open.add(dead.spec().sequence());
          }
          return true;
        });
    assertThat(state.live()).isEqualTo(live[0]).isLessThanOrEqualTo(LIMITS.tasksMax());
    assertThat(state.finishedKept())
        .isLessThanOrEqualTo(LIMITS.finished().max() + LIMITS.dead().max());
    var countedReady = new HashMap<TaskClass, Integer>();
    state.readyClasses().forEach(c -> countedReady.put(c, state.ready(c)));
    assertThat(countedReady).isEqualTo(ready);
    var countedLeases = new HashMap<String, Integer>();
    state.leases().forEachHolder(countedLeases::put);
    assertThat(countedLeases).isEqualTo(leases);
    assertThat(state.liveBytes()).isEqualTo(bytes[0]);
    var counted = new ArrayList<Long>();
    state.dead().forEachAfter(0, task -> counted.add(task.spec().sequence()));
    assertThat(counted).isEqualTo(open).hasSize(state.dead().open());
  }

  /** Replay equals life: a state made from the journal, or from a snapshot, has the same tasks. */
  private void restart(boolean fromSnapshot) {
    var before = liveTasks(state);
    var again = new PartitionState(LIMITS);
    if (fromSnapshot) {
      again.restore(state.snapshot());
    } else {
      journal.forEach(again::replay);
    }
    again.recovered(now());
    assertThat(liveTasks(again)).isEqualTo(before);
    assertThat(again.live()).isEqualTo(state.live());
    assertThat(again.liveBytes()).isEqualTo(state.liveBytes());
    assertThat(again.snapshot().ended()).isEqualTo(state.snapshot().ended());
    state = again;
    state.start(7, now(), journal);
    checkIndexes();
  }

  /** One terminal event a task, fences that only grow, no more attempts than allowed. */
  private void checkHistory() {
    var tasks = new HashMap<Long, Task>();
    for (var event : journal) {
      if (event instanceof Submission submission) {
        submission.tasks().forEach(task -> tasks.put(task.spec().sequence(), task));
      } else if (event instanceof Redriven redriven) {
        var dead = tasks.getOrDefault(redriven.sequence(), Task.Absent.TASK);
        assertThat(dead).isInstanceOf(Task.Dead.class);
        assertThat(((Task.Dead) dead).isOpen()).isTrue();
        tasks.put(redriven.sequence(), redriven.applyTo((Task.Dead) dead));
        assertThat(tasks.put(redriven.task().spec().sequence(), redriven.task())).isNull();
      } else if (event instanceof Discarded discarded) {
        var dead = (Task.Dead) tasks.getOrDefault(discarded.sequence(), Task.Absent.TASK);
        assertThat(dead.isOpen()).isTrue();
        tasks.put(discarded.sequence(), discarded.applyTo(dead));
      } else if (event instanceof TaskEvent e) {
        var before = tasks.getOrDefault(e.sequence(), Task.Absent.TASK);
        assertThat(before)
            .as("before %s", e)
            .isNotInstanceOf(Task.Absent.class)
            .isNotInstanceOf(Task.Finished.class);
        var after = e.applyTo(before);
        assertThat(after.fence()).isGreaterThanOrEqualTo(before.fence());
        if (e instanceof TaskEvent.Leased) {
          assertThat(after.fence()).isEqualTo(before.fence() + 1);
          assertThat(before).isInstanceOf(Task.Queued.class);
        }
        assertThat(after.attempt()).isBetween(0, before.spec().profile().retry().attemptsMax());
        tasks.put(e.sequence(), after);
      }
    }
    var finished = tasks.values().stream().filter(Task.Finished.class::isInstance).count();
    assertThat(finished).isGreaterThan(100);
  }

  private static Map<Long, Task> liveTasks(PartitionState state) {
    var tasks = new HashMap<Long, Task>();
    state.forEachAfter(
        0,
        task -> {
          if (!(task instanceof Task.Finished)) {
            tasks.put(task.spec().sequence(), task);
          }
          return true;
        });
    return tasks;
  }

  private long lastSequence() {
    return state.snapshot().nextSequence() - 1;
  }

  private Now now() {
    return new Now(wallMs, nanos);
  }
}
