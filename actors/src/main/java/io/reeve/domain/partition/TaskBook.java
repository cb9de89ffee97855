package io.reeve.domain.partition;

import io.reeve.domain.task.Labels;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskProfile;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a partition, and which of them are due: the ready order, due times and expiry.
 *
 * <p>While it replays, only what is stored is kept up; {@link #recovered} makes the rest.
 */
final class TaskBook {

  private static final int PROFILES_MAX = 4096;

  private final Limits limits;
  final TaskTable tasks = new TaskTable();
  private final Map<TaskProfile, TaskProfile> profiles = new LinkedHashMap<>();

  final ReadyOrder ready = new ReadyOrder(this::isReady);
  private final NeedsBook needs = new NeedsBook();

  /** When waiting tasks become due. */
  private final DueHeap due = new DueHeap(this::isDueEntryValid);

  /**
   * When queued tasks expire. The tag is the fence under which a task waits, so that a task which
   * is handed back again and again has one valid entry.
   */
  private final DueHeap expiries = new DueHeap(this::isExpiryEntryValid);

  long nextSequence = 1;
  int live;
  long liveBytes;

  /**
   * Wall clock up to which due times were looked at; never goes back, so that a clock that does
   * cannot make a ready task unready.
   */
  long horizonMs = Long.MIN_VALUE;

  private final LiveBudget.Account account;

  private boolean replaying = true;

  TaskBook(Limits limits, LiveBudget.Account account) {
    this.limits = limits;
    this.account = account;
  }

  Task get(long sequence) {
    return tasks.get(sequence);
  }

  /** Where the task stands among the ready ones; {@link Place#FIRST} when it is not one of them. */
  Place place(long sequence) {
    return isReady(sequence) ? ready.place(taskClass(sequence), sequence) : Place.FIRST;
  }

  /** The class that the task waits in, or that of its profile. */
  TaskClass taskClass(long sequence) {
    var task = tasks.get(sequence);
    return task instanceof Task.Queued queued
        ? queued.taskClass(limits.losses())
        : task.spec().profile().taskClass();
  }

  /** The one object of all that are equal to {@code profile}. */
  TaskProfile intern(TaskProfile profile) {
    var known = profiles.putIfAbsent(profile, profile);
    if (known != null) {
      return known;
    }
    if (profiles.size() > PROFILES_MAX) {
      // Tasks keep the objects they have; equal ones are merely not shared with them any more.
      profiles.clear();
      profiles.put(profile, profile);
    }
    return profile;
  }

  /** Why these tasks find no room, or null. */
  @Nullable Rejection noRoomFor(List<? extends Incoming> incoming) {
    var bytes = 0L;
    var newNeeds = new HashSet<Labels>(0);
    for (var task : incoming) {
      bytes += task.spec().length;
      if (needs.isNew(task.profile())) {
        newNeeds.add(task.profile().taskClass().needs());
      }
    }
    var tooMany = needs.noRoomFor(newNeeds.size());
    return tooMany == null ? noRoomFor(incoming.size(), bytes) : tooMany;
  }

  /**
   * Why so many tasks with this profile find no room, or null.
   *
   * @param specBytes of their specifications
   */
  @Nullable Rejection noRoomFor(int count, long specBytes, TaskProfile profile) {
    var tooMany = needs.noRoomFor(needs.isNew(profile) ? 1 : 0);
    return tooMany == null ? noRoomFor(count, specBytes) : tooMany;
  }

  private @Nullable Rejection noRoomFor(int count, long specBytes) {
    var bytes = specBytes + (long) count * Limits.TASK_OVERHEAD;
    if (live + count > limits.tasksMax()) {
      return overCapacity("live tasks", limits.tasksMax(), live, count);
    }
    if (liveBytes + bytes > limits.bytesMax()) {
      return overCapacity("bytes of live tasks", limits.bytesMax(), liveBytes, bytes);
    }
    return account.fits(liveBytes + bytes)
        ? null
        : new Rejection(
            Rejection.Code.OVER_CAPACITY,
            "expected room for %d bytes of live tasks, got none: the heap of the partition's node is"
                    .formatted(bytes)
                + " full");
  }

  // ---- Events

  /** Everything stored was replayed: makes the ready order and the due times. */
  void recovered(Now now) {
    account.recovered(liveBytes);
    replaying = false;
    horizonMs = now.wallMs();
    tasks.forEach(
        task -> {
          if (task instanceof Task.Queued queued) {
            index(queued);
          }
        });
  }

  void submitted(Submission submission) {
    for (var task : submission.tasks()) {
      enter(task);
    }
    nextSequence = submission.firstSequence() + submission.tasks().size();
  }

  /** Takes in a task that is new here. */
  void enter(Task entering) {
    var task = entering;
    if (Task.isLive(task)) {
      live++;
      needs.add(entering.spec().profile());
      task = fitting(entering);
      liveBytes += cost(task);
      if (replaying) {
        account.hold(liveBytes);
      }
    }
    tasks.put(task.spec().sequence(), task);
    if (task instanceof Task.Queued queued && !replaying) {
      index(queued);
    }
  }

  /** Takes another form of a finished task in its place. */
  void replace(Task.Finished task) {
    tasks.put(task.spec().sequence(), task);
  }

  /** A task goes from one state to the next; returns the task as it is kept. */
  Task change(long sequence, Task before, Task decided) {
    if (before instanceof Task.Queued queued && !replaying && queued.dueAtMs() <= horizonMs) {
      ready.remove(queued.taskClass(limits.losses()));
    }
    var after = decided;
    if (!Task.isLive(decided)) {
      live--;
      needs.remove(before.spec().profile());
      liveBytes -= cost(before);
      account.shrink(liveBytes);
    } else if (decided.past().hasAttempts()) {
      // Only these change their size.
      liveBytes -= cost(before);
      after = fitting(decided);
      liveBytes += cost(after);
    }
    tasks.put(sequence, after);
    if (after instanceof Task.Queued queued && !replaying) {
      index(queued);
    }
    return after;
  }

  /**
   * The task with the attempts behind it, or without them where the share of submissions has no
   * room for them: what tells people of the past must not stop the work, nor take the room that is
   * there for partitions that start.
   */
  private Task fitting(Task task) {
    if (!task.past().hasAttempts() || account.fits(liveBytes + cost(task))) {
      return task;
    }
    if (task instanceof Task.Queued queued) {
      return queued.withoutAttempts();
    }
    return task instanceof Task.Leased leased ? leased.withoutAttempts() : task;
  }

  private void index(Task.Queued task) {
    var sequence = task.spec().sequence();
    if (task.dueAtMs() <= horizonMs) {
      ready.add(task.taskClass(limits.losses()), sequence);
    } else {
      due.push(task.dueAtMs(), sequence, 0);
    }
    var expiresAtMs = task.expiresAtMs();
    if (expiresAtMs != Task.Queued.NEVER) {
      expiries.push(expiresAtMs, sequence, task.fence());
    }
  }

  // ---- Time

  /**
   * Makes all tasks ready whose time has come, and tells those that waited too long.
   *
   * @param room whether to tell one more
   */
  void sweep(long nowMs, BooleanSupplier room, LongConsumer expired) {
    horizonMs = Math.max(horizonMs, nowMs);
    // All of them, since a task counts as ready once the horizon has passed its time.
    while (!due.isEmpty() && due.at() <= horizonMs) {
      var sequence = due.sequence();
      var valid = isDueEntryValid(due.at(), sequence, due.tag());
      due.pop();
      if (valid) {
        ready.add(taskClass(sequence), sequence);
      }
    }
    while (!expiries.isEmpty() && expiries.at() <= horizonMs && room.getAsBoolean()) {
      var sequence = expiries.sequence();
      var valid = isExpiryEntryValid(expiries.at(), sequence, expiries.tag());
      expiries.pop();
      if (valid) {
        expired.accept(sequence);
      }
    }
  }

  /** When the next task becomes due or expires; Long.MAX_VALUE when none does. */
  long nextDueAtMs() {
    due.skipVoid();
    expiries.skipVoid();
    return Math.min(
        due.isEmpty() ? Long.MAX_VALUE : due.at(),
        expiries.isEmpty() ? Long.MAX_VALUE : expiries.at());
  }

  private boolean isReady(long sequence) {
    return tasks.get(sequence) instanceof Task.Queued task && task.dueAtMs() <= horizonMs;
  }

  private boolean isDueEntryValid(long at, long sequence, long tag) {
    return tasks.get(sequence) instanceof Task.Queued task && at == task.dueAtMs();
  }

  private boolean isExpiryEntryValid(long at, long sequence, long fence) {
    return tasks.get(sequence) instanceof Task.Queued task
        && at == task.expiresAtMs()
        && fence == task.fence();
  }

  private static Rejection overCapacity(String what, long max, long held, long more) {
    return new Rejection(
        Rejection.Code.OVER_CAPACITY,
        "expected at most %d %s in a partition, got %d and %d more"
            .formatted(max, what, held, more));
  }

  private static long cost(Task task) {
    return (long) task.spec().bytes().length + Limits.TASK_OVERHEAD + task.past().attemptBytes();
  }
}
