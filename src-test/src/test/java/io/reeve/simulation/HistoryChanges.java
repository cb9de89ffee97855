package io.reeve.simulation;

import io.reeve.check.Fact;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.Labels;
import io.reeve.domain.task.LossRule;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.ScheduleEvent;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskProfile;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** Ways to break a history of facts. Each tells whether the history had what it breaks. */
final class HistoryChanges {

  /** A number behind all that were given. */
  private static final long RIVAL = 1L << 60;

  private HistoryChanges() {}

  interface Change {
    void at(List<Fact> facts, int at);
  }

  interface EventChange<E> {
    void at(List<Fact> facts, int at, E event);
  }

  static Function<List<Fact>, Boolean> mutated(Predicate<Fact> which, Change change) {
    return facts -> {
      for (var at = 0; at < facts.size(); at++) {
        if (which.test(facts.get(at))) {
          change.at(facts, at);
          return true;
        }
      }
      return false;
    };
  }

  static <E> Function<List<Fact>, Boolean> changed(
      Class<E> type, Predicate<E> which, EventChange<E> change) {
    return mutated(
        fact -> {
          var event = event(fact, type);
          return event != null && which.test(event);
        },
        (facts, at) -> change.at(facts, at, type.cast(((Fact.Stored) facts.get(at)).event())));
  }

  static <E> Function<List<Fact>, Boolean> changed(Class<E> type, EventChange<E> change) {
    return changed(type, event -> true, change);
  }

  /**
   * Submits and leases another task, the last of its partition, just before the first lease of a
   * task of the same class and of such a priority.
   */
  static boolean overtake(List<Fact> facts, Predicate<Priority> overtaken, Priority rivals) {
    for (var at = 0; at < facts.size(); at++) {
      var lease = event(facts.get(at), TaskEvent.Leased.class);
      if (lease == null) {
        continue;
      }
      var spec = submitted(facts, id(facts.get(at))).spec();
      if (overtaken.test(spec.profile().priority())) {
        var rival = new Task.Spec(RIVAL, with(rivals, spec.profile()), spec.bytes(), lease.atMs());
        var queued = Task.Queued.entering(rival, lease.atMs());
        var submission = new Submission("", 0, RIVAL, lease.atMs(), List.of(queued));
        var first = new TaskEvent.Leased(RIVAL, 1, 1, "h", "w", lease.atMs(), lease.expiresAtMs());
        facts.add(at, stored(facts.get(at), first));
        facts.add(at, stored(facts.get(at), submission));
        return true;
      }
    }
    return false;
  }

  /** In the place of an expiry: a lease, its hand-back, and a lease after the queue timeout. */
  static boolean leaseExpiredAfterHandBack(List<Fact> history) {
    return changed(
            TaskEvent.Expired.class,
            (facts, at, e) -> {
              var fence = fenceBefore(facts, at) + 1;
              var expired = facts.get(at);
              var released = new TaskEvent.Released(e.sequence(), fence, "", e.atMs());
              var late = lease(e, fence + 1, e.atMs());
              facts.set(at, stored(expired, lease(e, fence, e.atMs() - 1)));
              facts.add(at + 1, stored(expired, released));
              // Its clock may have jumped: by the other one it is late too.
              facts.add(at + 2, new Fact.Stored(id(expired).partition(), late, Long.MAX_VALUE));
            })
        .apply(history);
  }

  private static TaskEvent lease(TaskEvent of, long fence, long atMs) {
    return new TaskEvent.Leased(of.sequence(), 1, fence, "h", "w", atMs, atMs + 1);
  }

  /** The fence of the last lease of the task of the fact at this place. */
  private static long fenceBefore(List<Fact> facts, int at) {
    for (var i = at - 1; i >= 0; i--) {
      var lease = event(facts.get(i), TaskEvent.Leased.class);
      if (lease != null && id(facts.get(i)).equals(id(facts.get(at)))) {
        return lease.fence();
      }
    }
    return 0;
  }

  static Task.Queued submitted(List<Fact> facts, TaskId id) {
    for (var fact : facts) {
      var submission = event(fact, Submission.class);
      if (submission != null && ((Fact.Stored) fact).partition() == id.partition()) {
        for (var task : submission.tasks()) {
          if (task.spec().sequence() == id.sequence()) {
            return task;
          }
        }
      }
    }
    throw new IllegalArgumentException("expected a submitted task, got " + id);
  }

  /** Lets a task that died as poison run again. */
  static boolean runOnThoughPoison(List<Fact> facts) {
    for (var at = 0; at < facts.size(); at++) {
      var died = event(facts.get(at), TaskEvent.Died.class);
      if (died != null && died.failure().type() == FailureType.POISON) {
        var lost = new TaskEvent.Lost(died.sequence(), died.fence(), died.failure(), died.atMs());
        facts.set(at, stored(facts.get(at), lost));
        return true;
      }
    }
    return false;
  }

  /** Delivers a task in quarantine to a worker that has another one. */
  static boolean deliverBesideQuarantined(List<Fact> facts) {
    var losses = new HashMap<TaskId, Integer>();
    for (var at = 0; at < facts.size(); at++) {
      var fact = facts.get(at);
      if (event(fact, TaskEvent.Lost.class) != null) {
        losses.merge(id(fact), 1, Integer::sum);
      } else if (fact instanceof Fact.Delivered delivered
          && LossRule.DEFAULT.isolates(losses.getOrDefault(delivered.task(), 0))) {
        var other = new TaskId(0, 1);
        facts.add(
            at + 1,
            new Fact.DeliveredBeside(delivered.task(), delivered.fence(), Map.of(other, 1L)));
        return true;
      }
    }
    return false;
  }

  /** Gives a task that requires labels to a worker that has none. */
  static boolean lackLabels(List<Fact> facts) {
    var needing = new HashSet<TaskId>();
    for (var at = 0; at < facts.size(); at++) {
      var fact = facts.get(at);
      var submission = event(fact, Submission.class);
      var lease = event(fact, TaskEvent.Leased.class);
      if (submission != null) {
        submission.tasks().stream()
            .map(Task.Queued::spec)
            .filter(spec -> !spec.profile().taskClass().needs().isEmpty())
            .map(spec -> new TaskId(((Fact.Stored) fact).partition(), spec.sequence()))
            .forEach(needing::add);
      } else if (lease != null && needing.contains(id(fact))) {
        facts.set(
            at,
            stored(
                fact,
                new TaskEvent.Leased(
                    lease.sequence(),
                    lease.attempt(),
                    lease.fence(),
                    lease.holder(),
                    "bare",
                    lease.atMs(),
                    lease.expiresAtMs())));
        facts.add(0, new Fact.WorkerHas("bare", Labels.NONE));
        return true;
      }
    }
    return false;
  }

  static TaskProfile with(Priority priority, TaskProfile like) {
    return new TaskProfile(
        like.taskClass().withPriority(priority),
        like.executionTimeoutMs(),
        like.queueTimeoutMs(),
        like.retry(),
        like.tenant());
  }

  static Function<List<Fact>, Boolean> without(Predicate<Fact> which) {
    return mutated(which, (facts, at) -> facts.remove(at));
  }

  static Function<List<Fact>, Boolean> withoutLast(Predicate<Fact> which) {
    return facts -> {
      for (var at = facts.size() - 1; at >= 0; at--) {
        if (which.test(facts.get(at))) {
          facts.remove(at);
          return true;
        }
      }
      return false;
    };
  }

  static <F extends Fact> Function<List<Fact>, Boolean> again(Class<F> type) {
    return mutated(type::isInstance, (facts, at) -> facts.add(at, facts.get(at)));
  }

  static <F extends Fact> Function<List<Fact>, Boolean> after(
      Class<F> type, Function<F, Fact> next) {
    return mutated(
        type::isInstance, (facts, at) -> facts.add(at + 1, next.apply(type.cast(facts.get(at)))));
  }

  static <E> @org.jspecify.annotations.Nullable E event(Fact fact, Class<E> type) {
    return fact instanceof Fact.Stored stored && type.isInstance(stored.event())
        ? type.cast(stored.event())
        : null;
  }

  static TaskId id(Fact fact) {
    var stored = (Fact.Stored) fact;
    return new TaskId(stored.partition(), ((TaskEvent) stored.event()).sequence());
  }

  static Fact stored(Fact beside, io.reeve.domain.task.PartitionEvent event) {
    var stored = (Fact.Stored) beside;
    return new Fact.Stored(stored.partition(), event, stored.decidedAtNanos());
  }

  static TaskEvent leased(TaskEvent.Leased e, int attempts, long fences, long laterMs) {
    return new TaskEvent.Leased(
        e.sequence(),
        e.attempt() + attempts,
        e.fence() + fences,
        e.holder(),
        e.workerId(),
        e.atMs() + laterMs,
        e.expiresAtMs());
  }

  static Task.Queued task(Submission like, long sequence) {
    var task = like.tasks().get(0);
    var spec = task.spec();
    return Task.Queued.entering(
        new Task.Spec(sequence, spec.profile(), spec.bytes(), spec.submittedAtMs()),
        task.dueAtMs());
  }

  static io.reeve.domain.task.Failure failure() {
    return new io.reeve.domain.task.Failure(FailureType.ERROR, "", "");
  }

  /** The same firing of a schedule, which makes no tasks. */
  static ScheduleEvent withoutTasks(ScheduleEvent.Fired e) {
    return new ScheduleEvent.Fired(
        e.number(),
        e.cause(),
        new long[0],
        0,
        e.skipped(),
        e.afterMs(),
        e.waitingMs(),
        e.requestId(),
        e.atMs());
  }
}
