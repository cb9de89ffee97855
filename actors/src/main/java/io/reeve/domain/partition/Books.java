package io.reeve.domain.partition;

import io.reeve.domain.task.Decision;
import io.reeve.domain.task.Discarded;
import io.reeve.domain.task.HolderEnded;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.PlannedSpec;
import io.reeve.domain.task.Redriven;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.RulesHeeded;
import io.reeve.domain.task.Schedule;
import io.reeve.domain.task.ScheduleEvent;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.UniqueMet;
import io.reeve.domain.task.UniqueTaken;
import io.reeve.domain.task.WriterStarted;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What the events of one partition add up to, each part in a book of its own. Decides nothing. An
 * event gives the task after it, or Absent when it is not about one task.
 */
final class Books implements PartitionEvent.Visitor<Task> {

  final TaskBook tasks;
  final LeaseBook leases;
  final RequestBook requests;
  final ScheduleBook schedules;
  final UniqueBook unique;
  final KeptTasks finished;
  final DeadBook dead;

  /** Of the newest writer; null before the first. */
  @Nullable WriterStarted lastStart;

  /** The dispatcher and the rules that the partition keeps. */
  RulesHeeded heeded = RulesHeeded.NONE;

  /** Tasks that finished since this was made. */
  long finishedTotal;

  Books(Limits limits, LiveBudget.Account account) {
    this.tasks = new TaskBook(limits, account);
    this.leases = new LeaseBook(limits, tasks.tasks);
    this.requests = new RequestBook(limits.requests());
    this.schedules = new ScheduleBook(limits.schedules(), tasks);
    this.unique = new UniqueBook(limits.uniqueKeys());
    this.finished = new KeptTasks(limits.finished(), tasks.tasks);
    this.dead = new DeadBook(limits.dead(), tasks.tasks);
  }

  /** Applies what was decided and notes it; null, or why it was refused. */
  @Nullable Rejection carryOut(Decision decision, List<PartitionEvent> out) {
    if (decision instanceof PartitionEvent event) {
      out.add(event);
      event.accept(this);
      return null;
    }
    return decision instanceof Decision.Refused refused ? refused.reason() : null;
  }

  /** Applies an event that was decided, and notes it; returns the task after it. */
  Task emit(PartitionEvent event, List<PartitionEvent> out) {
    out.add(event);
    return event.accept(this);
  }

  // ---- Events

  @Override
  public Task submitted(Submission event) {
    tasks.submitted(event);
    requests.add(event);
    return Task.Absent.TASK;
  }

  @Override
  public Task changed(TaskEvent event) {
    var sequence = event.sequence();
    var before = tasks.get(sequence);
    var after = tasks.change(sequence, before, event.applyTo(before));
    leases.change(sequence, before, after);
    unique.changed(sequence, after);
    if (!Task.isLive(after)) {
      finishedTotal++;
      schedules.ended(sequence);
      keep(after);
    }
    return after;
  }

  /** In a replay the dead task may be forgotten already, if the bounds became smaller. */
  @Override
  public Task redriven(Redriven event) {
    if (tasks.get(event.sequence()) instanceof Task.Dead before && before.isOpen()) {
      dispose(before, event.applyTo(before));
    }
    tasks.enter(event.task());
    tasks.nextSequence = event.task().spec().sequence() + 1;
    return event.task();
  }

  @Override
  public Task discarded(Discarded event) {
    if (tasks.get(event.sequence()) instanceof Task.Dead before && before.isOpen()) {
      dispose(before, event.applyTo(before));
    }
    return Task.Absent.TASK;
  }

  @Override
  public Task uniqueTaken(UniqueTaken event) {
    unique.taken(event);
    return Task.Absent.TASK;
  }

  @Override
  public Task uniqueMet(UniqueMet event) {
    requests.add(
        new PartitionSnapshot.Request(
            event.requestId(), event.bodyHash(), event.sequence(), 0, event.atMs()));
    return Task.Absent.TASK;
  }

  private void dispose(Task.Dead before, Task.Dead after) {
    tasks.replace(after);
    dead.dispose(before, after);
  }

  @Override
  public Task scheduleChanged(ScheduleEvent event) {
    var before = schedules.get(event.number());
    if (before == null) {
      // A new schedule takes a number from the row of the tasks, which nobody has had before.
      tasks.nextSequence = event.number() + 1;
    } else if (event instanceof ScheduleEvent.Fired fired) {
      fired(fired, before);
    } else if (event instanceof ScheduleEvent.Backfilled asked && !asked.requestId().isEmpty()) {
      requests.add(
          new PartitionSnapshot.Request(
              asked.requestId(),
              backfillHash(before.name(), asked.fromMs(), asked.toMs()),
              asked.number(),
              asked.count(),
              asked.atMs()));
    }
    schedules.change(event);
    return Task.Absent.TASK;
  }

  private void fired(ScheduleEvent.Fired event, Schedule schedule) {
    var definition = schedule.definition();
    var planned = event.plannedMs();
    for (var i = 0; i < planned.length; i++) {
      var bytes = PlannedSpec.of(definition.template(), definition.name(), planned[i]);
      var spec =
          new Task.Spec(event.firstSequence() + i, definition.profile(), bytes, event.atMs());
      tasks.enter(Task.Queued.entering(spec, event.atMs()));
    }
    if (planned.length > 0) {
      tasks.nextSequence = event.firstSequence() + planned.length;
    }
    if (!event.requestId().isEmpty()) {
      requests.add(
          new PartitionSnapshot.Request(
              event.requestId(),
              triggerHash(definition.name()),
              event.firstSequence(),
              planned.length,
              event.atMs()));
    }
  }

  /** Tells a repeated call for a run by hand from another call with its request id. */
  static long triggerHash(String name) {
    return 31L * name.hashCode() + 1;
  }

  /** Tells a repeated call for a backfill from another call with its request id. */
  static long backfillHash(String name, long fromMs, long toMs) {
    return 31L * (31L * (31L * name.hashCode() + fromMs) + toMs) + 2;
  }

  @Override
  public Task holderEnded(HolderEnded event) {
    leases.ended(event);
    return Task.Absent.TASK;
  }

  @Override
  public Task writerStarted(WriterStarted event) {
    lastStart = event;
    tasks.nextSequence = event.firstSequence();
    return Task.Absent.TASK;
  }

  @Override
  public Task rulesHeeded(RulesHeeded event) {
    heeded = event;
    return Task.Absent.TASK;
  }

  /** See {@link Task#isLive} for why the most frequent class has a branch. */
  private void keep(Task task) {
    if (task instanceof Task.Completed completed) {
      finished.add(completed);
    } else if (task instanceof Task.Dead died) {
      dead.add(died);
    } else {
      finished.add((Task.Finished) task);
    }
  }

  // ---- Snapshots

  /** Takes a snapshot over. Only when new. */
  void restore(PartitionSnapshot snapshot) {
    for (var task : snapshot.tasks()) {
      tasks.enter(task);
      if (task instanceof Task.Leased lease) {
        leases.enter(lease);
      } else if (!Task.isLive(task)) {
        keep(task);
      }
    }
    for (var request : snapshot.requests()) {
      requests.add(request);
    }
    for (var ended : snapshot.ended()) {
      leases.enter(ended);
    }
    for (var schedule : snapshot.schedules()) {
      schedules.enter(schedule);
    }
    for (var key : snapshot.unique()) {
      unique.taken(key);
    }
    tasks.nextSequence = snapshot.nextSequence();
    lastStart = snapshot.lastStart();
    heeded = snapshot.heeded();
  }

  /**
   * A frozen copy. Costs a reference for each 512 tasks, for each request id, for each unique key
   * and for each kept finished task.
   */
  PartitionSnapshot snapshot() {
    var ended = LongStream.concat(finished.sequences(), dead.sequences()).toArray();
    return new PartitionSnapshot(
        tasks.nextSequence,
        lastStart,
        new FrozenTasks(tasks.tasks.freeze(), ended),
        requests.snapshot(),
        leases.endedHolders(),
        schedules.snapshot(),
        unique.snapshot(),
        heeded);
  }
}
