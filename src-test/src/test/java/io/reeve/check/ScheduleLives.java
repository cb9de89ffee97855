package io.reeve.check;

import static io.reeve.check.Invariant.EVERY_INSTANT_ANSWERED;
import static io.reeve.check.Invariant.ONE_TASK_PER_INSTANT;
import static io.reeve.check.Invariant.OVERLAP_KEPT;

import io.reeve.domain.schedule.Overlap;
import io.reeve.domain.task.Schedule;
import io.reeve.domain.task.ScheduleEvent;
import io.reeve.domain.task.ScheduleEvent.Cause;
import io.reeve.domain.task.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.LongPredicate;

/** The schedules of all partitions as their events tell them. */
final class ScheduleLives {

  private static final byte[] NOTHING = {};

  private record Key(int partition, long number) {}

  private final BiConsumer<Invariant, String> wrong;
  private final Map<Key, Schedule> schedules = new HashMap<>();
  private final Map<Key, Set<Long>> fired = new HashMap<>();
  private int made;

  ScheduleLives(BiConsumer<Invariant, String> wrong) {
    this.wrong = wrong;
  }

  /** Tasks that schedules made. */
  int made() {
    return made;
  }

  /**
   * Takes the next event.
   *
   * @param lives whether a task of the same partition has not ended
   * @return the tasks that the event makes
   */
  List<Task.Queued> change(int partition, ScheduleEvent event, LongPredicate lives) {
    var key = new Key(partition, event.number());
    var before = schedules.get(key);
    if (before == null && !(event instanceof ScheduleEvent.Set)) {
      wrong.accept(Invariant.NO_GHOST, "%s of a schedule that was never set".formatted(event));
      return List.of();
    }
    var after = event.applyTo(before);
    if (after == null) {
      schedules.remove(key);
    } else {
      schedules.put(key, after);
    }
    if (before == null || !(event instanceof ScheduleEvent.Fired firing)) {
      return List.of();
    }
    if (firing.cause() == Cause.RULE) {
      isOnce(key, before, firing);
      isAnswered(before, firing);
      isInTurn(before, firing, lives);
    }
    return tasks(before, firing);
  }

  private void isOnce(Key key, Schedule before, ScheduleEvent.Fired firing) {
    for (var planned : firing.plannedMs()) {
      if (!fired.computeIfAbsent(key, k -> new HashSet<>()).add(planned)) {
        wrong.accept(
            ONE_TASK_PER_INSTANT, "%s fired again for %d".formatted(before.name(), planned));
      }
      // A run that waited was due once; the clock may have gone back since.
      if (planned != before.progress().waitingMs()
          && before.definition().timing().dueAtMs(before.name(), planned) > firing.atMs()) {
        wrong.accept(
            ONE_TASK_PER_INSTANT,
            "%s fired at %d, before %d".formatted(before.name(), firing.atMs(), planned));
      }
    }
  }

  private void isAnswered(Schedule before, ScheduleEvent.Fired firing) {
    var timing = before.definition().timing();
    var passed = 0L;
    var afterMs = before.progress().afterMs();
    for (var at = timing.next(afterMs); at <= firing.afterMs(); at = timing.next(at)) {
      passed++;
    }
    var waitedMs = before.progress().waitingMs();
    var moved = firing.waitingMs() != waitedMs;
    var waits = moved && firing.waitingMs() != 0 ? 1 : 0;
    var waited = moved && waitedMs != 0 ? 1 : 0;
    var answered = firing.plannedMs().length + firing.skipped() + waits - waited;
    if (answered != passed || firing.afterMs() < afterMs) {
      wrong.accept(
          EVERY_INSTANT_ANSWERED,
          "%s passed %d instants and answered %d: %s from %d"
              .formatted(before.name(), passed, answered, firing, afterMs));
    }
  }

  private void isInTurn(Schedule before, ScheduleEvent.Fired firing, LongPredicate lives) {
    var overlap = before.definition().timing().overlap();
    var count = firing.plannedMs().length;
    if (overlap == Overlap.PARALLEL || count == 0) {
      return;
    }
    if (count > 1 || lives.test(before.progress().lastSequence())) {
      wrong.accept(
          OVERLAP_KEPT,
          "%s made %d tasks beside %d with policy %s"
              .formatted(before.name(), count, before.progress().lastSequence(), overlap));
    }
  }

  private List<Task.Queued> tasks(Schedule schedule, ScheduleEvent.Fired firing) {
    var tasks = new ArrayList<Task.Queued>();
    var profile = schedule.definition().profile();
    for (var i = 0; i < firing.plannedMs().length; i++) {
      var spec = new Task.Spec(firing.firstSequence() + i, profile, NOTHING, firing.atMs());
      tasks.add(Task.Queued.entering(spec, firing.atMs()));
    }
    made += tasks.size();
    return tasks;
  }
}
