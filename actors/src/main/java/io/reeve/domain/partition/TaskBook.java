package io.reeve.domain.partition;

import io.reeve.domain.TimeBounds;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskProfile;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the events of one partition add up to: its tasks, and beside them all that is derived so
 * that commands find things fast. Decides nothing.
 *
 * <p>While it replays, only what is stored is kept up; {@link #recovered} makes the rest.
 */
final class TaskBook {

  static final long DUE = 0;
  private static final long EXPIRY = 1;
  private static final int PROFILES_MAX = 4096;

  final Limits limits;
  final TaskTable tasks = new TaskTable();
  final Finished finished = new Finished();
  final Holders holders;
  final LinkedHashMap<String, PartitionSnapshot.Request> requests = new LinkedHashMap<>();
  private final Map<TaskProfile, TaskProfile> profiles = new LinkedHashMap<>();

  final ReadyOrder ready = new ReadyOrder(this::isReady);
  final DueHeap due = new DueHeap(this::isDueEntryValid);
  final DueHeap deadlines = new DueHeap(this::isDeadlineValid);

  long nextSequence = 1;
  int live;
  long liveBytes;
  long finishedTotal;

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
    this.holders = new Holders(limits);
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

  /** Takes a snapshot over. Only on a new state. */
  void restore(PartitionSnapshot snapshot) {
    for (var task : snapshot.tasks()) {
      enter(task.spec().sequence(), task);
    }
    for (var request : snapshot.requests()) {
      requests.put(request.requestId(), request);
    }
    nextSequence = snapshot.nextSequence();
  }

  /** Everything stored was replayed: makes the rest, and gives every holder a full lease time. */
  void recovered(Now now) {
    replaying = false;
    horizonMs = now.wallMs();
    holders.recovered(now.monoNanos());
    tasks.forEach(
        task -> {
          if (task instanceof Task.Queued queued) {
            index(queued);
          } else if (task instanceof Task.Leased leased) {
            var timeoutMs = leased.spec().profile().executionTimeoutMs();
            var elapsedMs = Math.max(0, now.wallMs() - leased.leasedAtMs());
            deadlines.push(
                now.monoNanos() + TimeBounds.waitOf(timeoutMs - elapsedMs),
                leased.spec().sequence(),
                leased.fence());
          }
        });
  }

  /**
   * A frozen copy of all that is stored. Costs a reference for each 512 tasks, for each request id
   * and for each kept finished task.
   */
  PartitionSnapshot snapshot() {
    return new PartitionSnapshot(
        nextSequence,
        new FrozenTasks(tasks.freeze(), finished.sequences()),
        requests.values().toArray(new PartitionSnapshot.Request[0]));
  }

  /** Changes the tasks as the event tells; gives the task after it, Absent for a submission. */
  Task apply(PartitionEvent event) {
    if (event instanceof TaskEvent e) {
      var before = tasks.get(e.sequence());
      var after = e.applyTo(before);
      leave(e.sequence(), before);
      enter(e.sequence(), after);
      return after;
    }
    var submission = (Submission) event;
    for (var task : submission.tasks()) {
      enter(task.spec().sequence(), task);
    }
    nextSequence = submission.firstSequence() + submission.tasks().size();
    if (!submission.requestId().isEmpty()) {
      requests.remove(submission.requestId());
      requests.put(
          submission.requestId(),
          new PartitionSnapshot.Request(
              submission.requestId(),
              submission.bodyHash(),
              submission.firstSequence(),
              submission.tasks().size(),
              submission.atMs()));
      if (requests.size() > limits.requestsMax()) {
        var oldest = requests.keySet().iterator();
        oldest.next();
        oldest.remove();
      }
    }
    return Task.Absent.TASK;
  }

  /** What ends with a state. */
  private void leave(long sequence, Task before) {
    if (before instanceof Task.Queued queued) {
      if (!replaying && queued.dueAtMs() <= horizonMs) {
        ready.remove(queued.spec().profile());
      }
    } else if (before instanceof Task.Leased leased) {
      var holder = holders.find(leased.holder());
      if (holder != null) {
        holder.leases.remove(sequence);
        if (replaying && holder.leases.size() == 0) {
          holders.remove(holder);
        }
      }
    }
  }

  /** What begins with a state. */
  private void enter(long sequence, Task after) {
    var before = tasks.get(sequence);
    if (before == Task.Absent.TASK && !(after instanceof Task.Finished)) {
      live++;
      liveBytes += cost(after.spec().bytes());
      if (replaying) {
        account.hold(liveBytes);
      }
    }
    tasks.put(sequence, after);
    if (after instanceof Task.Queued queued) {
      if (!replaying) {
        index(queued);
      }
    } else if (after instanceof Task.Leased leased) {
      holders.findOrAdd(leased.holder()).leases.put(sequence, Holders.NO_SESSION);
    } else if (after instanceof Task.Finished done) {
      if (before != Task.Absent.TASK) {
        live--;
        liveBytes -= cost(after.spec().bytes());
        account.shrink(liveBytes);
        finishedTotal++;
      }
      finished.add(sequence, done);
      finished.trim(limits, tasks);
    }
  }

  private void index(Task.Queued task) {
    var sequence = task.spec().sequence();
    if (task.dueAtMs() <= horizonMs) {
      ready.add(task.spec().profile(), sequence);
    } else {
      due.push(task.dueAtMs(), sequence, DUE);
    }
    var expiresAtMs = task.expiresAtMs();
    if (expiresAtMs != Task.Queued.NEVER) {
      due.push(expiresAtMs, sequence, EXPIRY);
    }
  }

  void forgetRequestsBefore(long beforeMs) {
    Iterator<PartitionSnapshot.Request> oldest = requests.values().iterator();
    while (oldest.hasNext() && oldest.next().atMs() < beforeMs) {
      oldest.remove();
    }
  }

  private boolean isReady(long sequence) {
    return tasks.get(sequence) instanceof Task.Queued task && task.dueAtMs() <= horizonMs;
  }

  boolean isDueEntryValid(long at, long sequence, long tag) {
    return tasks.get(sequence) instanceof Task.Queued task
        && at == (tag == DUE ? task.dueAtMs() : task.expiresAtMs());
  }

  private boolean isDeadlineValid(long at, long sequence, long tag) {
    return tasks.get(sequence) instanceof Task.Leased task && task.fence() == tag;
  }

  /** Why these tasks find no room, or null. */
  @Nullable Rejection noRoomFor(List<? extends Incoming> incoming) {
    var bytes = 0L;
    for (var task : incoming) {
      bytes += cost(task.spec());
    }
    if (live + incoming.size() > limits.tasksMax()) {
      return overCapacity("live tasks", limits.tasksMax(), live, incoming.size());
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

  private static Rejection overCapacity(String what, long max, long held, long more) {
    return new Rejection(
        Rejection.Code.OVER_CAPACITY,
        "expected at most %d %s in a partition, got %d and %d more"
            .formatted(max, what, held, more));
  }

  static long cost(byte[] spec) {
    return (long) spec.length + Limits.TASK_OVERHEAD;
  }
}
