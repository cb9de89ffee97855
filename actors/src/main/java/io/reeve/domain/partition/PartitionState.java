package io.reeve.domain.partition;

import io.reeve.domain.TimeBounds;
import io.reeve.domain.task.Decision;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.ObjIntConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All of one partition's tasks and what follows from them: ready order, leases, due times, request
 * ids. Mutable, and owned by one thread.
 *
 * <p>A command decides, applies what it decided, and adds the events to the list it was given;
 * several commands of one batch therefore see each other's effects before the batch is durable. The
 * caller must not let anything out before it is, and must throw the state away when that fails.
 *
 * <p>{@link #replay} repeats events and nothing else; {@link #recovered} then makes what is not
 * stored: ready order, due times, and a full lease time for every holder.
 */
public final class PartitionState {

  /**
   * Finished tasks are forgotten up to this much late, in groups, so that an idle system sleeps.
   */
  private static final long FORGET_SLACK_MS = 10_000;

  private final TaskBook book;
  private final LeaseAudit audit;

  /** A state whose tasks no budget bounds. */
  public PartitionState(Limits limits) {
    this(limits, LiveBudget.unbounded().open(0));
  }

  /**
   * @param account of this start of the partition; the caller closes it with the state
   */
  public PartitionState(Limits limits, LiveBudget.Account account) {
    this.book = new TaskBook(limits, account);
    this.audit = new LeaseAudit(limits.leaseAuditNanos());
  }

  // ---- Reading ---------------------------------------------------------------------------------

  /** The task, or {@link Task.Absent}. */
  public Task get(long sequence) {
    return book.tasks.get(sequence);
  }

  /** Tasks that are not finished. */
  public int live() {
    return book.live;
  }

  /** Bytes of live tasks as counted against {@link Limits#bytesMax}. */
  public long liveBytes() {
    return book.liveBytes;
  }

  /** Finished tasks that are still readable. */
  public int finishedKept() {
    return book.finished.size();
  }

  /** Tasks that finished since this state was made; a measure of the work behind a snapshot. */
  public long finishedTotal() {
    return book.finishedTotal;
  }

  /** Tasks that a worker may run now. */
  public int ready() {
    return book.ready.total();
  }

  public int ready(TaskClass taskClass) {
    return book.ready.count(taskClass);
  }

  /** Classes with ready tasks, in order of first appearance. */
  public List<TaskClass> readyClasses() {
    return book.ready.readyClasses();
  }

  /** Tells the classes whose ready count may have changed since the last call. */
  public void drainReadyChanges(ObjIntConsumer<TaskClass> consumer) {
    book.ready.drainChanged(consumer);
  }

  /**
   * Lets {@link #drainReadyChanges} also tell every class of which somebody believes another count.
   *
   * @param believed every class that is believed to have ready tasks, and how many
   */
  public void restateReady(Map<TaskClass, Integer> believed) {
    book.ready.touchWhereNot(believed);
  }

  /** Tells each holder with leases and their number. */
  public void forEachHolder(ObjIntConsumer<String> consumer) {
    book.holders.forEachWithLeases(consumer);
  }

  /** The holder's leases, in the order of their tasks. */
  public List<Task.Leased> leasesOf(String holderId) {
    var holder = book.holders.find(holderId);
    var leases = new ArrayList<Task.Leased>();
    if (holder != null) {
      for (var sequence : holder.leases.sortedKeys()) {
        if (book.tasks.get(sequence) instanceof Task.Leased lease) {
          leases.add(lease);
        }
      }
    }
    return leases;
  }

  /** Visits tasks with a number above {@code after}, in order, until the visitor says false. */
  public void forEachAfter(long after, Predicate<Task> visitor) {
    book.tasks.forEachAfter(after, visitor);
  }

  /**
   * Nanoseconds until {@link #sweep}, {@link #endOverdue} or {@link #leaseAuditDue} has something
   * to do, never negative; Long.MAX_VALUE when only a command can change that.
   */
  public long nextSweepInNanos(Now now) {
    book.due.skipVoid();
    book.deadlines.skipVoid();
    var soonest = book.holders.nextExpiryInNanos(now.monoNanos());
    if (!book.deadlines.isEmpty()) {
      soonest = Math.min(soonest, TimeBounds.waitUntilNanos(book.deadlines.at(), now.monoNanos()));
    }
    if (!book.due.isEmpty()) {
      soonest = Math.min(soonest, TimeBounds.waitUntil(book.due.at(), now.wallMs()));
    }
    if (book.finished.size() > 0
        && book.tasks.get(book.finished.oldest()) instanceof Task.Finished oldest) {
      var forgetAtMs =
          TimeBounds.plus(
              TimeBounds.plus(oldest.finishedAtMs(), book.limits.finishedKeptMs()),
              FORGET_SLACK_MS);
      soonest = Math.min(soonest, TimeBounds.waitUntil(forgetAtMs, now.wallMs()));
    }
    return Math.min(soonest, audit.inNanos(now.monoNanos()));
  }

  /** Whether sessions are to be asked for their leases now; call it at the end of each batch. */
  public boolean leaseAuditDue(Now now) {
    return audit.due(now.monoNanos(), book.holders.anyLeases());
  }

  // ---- Submission -------------------------------------------------------------------------------

  /** What became of a submission. */
  public sealed interface Answer {

    /**
     * @param already an earlier submission with the same request id had added the tasks
     */
    record Taken(long firstSequence, int count, long atMs, boolean already) implements Answer {}

    record Refused(Rejection reason) implements Answer {}
  }

  /**
   * The answer to a submission with a request id that an earlier one had; null when none is
   * remembered.
   */
  public @Nullable Answer known(String requestId, long bodyHash, Now now) {
    var known = requestId.isEmpty() ? null : book.requests.get(requestId);
    if (known == null || now.wallMs() - known.atMs() >= book.limits.requestKeptMs()) {
      return null;
    }
    return known.bodyHash() == bodyHash
        ? new Answer.Taken(known.firstSequence(), known.count(), known.atMs(), true)
        : new Answer.Refused(
            new Rejection(
                Rejection.Code.REQUEST_ID_REUSED,
                "expected the same submission under request id " + requestId + ", got another"));
  }

  /** Adds tasks, all or none. */
  public Answer submit(
      String requestId,
      long bodyHash,
      List<? extends Incoming> incoming,
      Now now,
      List<PartitionEvent> out) {
    var known = known(requestId, bodyHash, now);
    if (known != null) {
      return known;
    }
    var noRoom = book.noRoomFor(incoming);
    if (noRoom != null) {
      return new Answer.Refused(noRoom);
    }
    var queued = new ArrayList<Task.Queued>(incoming.size());
    var sequence = book.nextSequence;
    for (var task : incoming) {
      var dueAtMs =
          task.delayMs() > 0
              ? TimeBounds.plus(now.wallMs(), task.delayMs())
              : Math.max(now.wallMs(), TimeBounds.instant(task.notBeforeMs()));
      var spec = new Task.Spec(sequence++, book.intern(task.profile()), task.spec(), now.wallMs());
      queued.add(new Task.Queued(spec, 0, 0, dueAtMs, null));
    }
    emit(new Submission(requestId, bodyHash, book.nextSequence, now.wallMs(), queued), out);
    return new Answer.Taken(queued.get(0).spec().sequence(), queued.size(), now.wallMs(), false);
  }

  // ---- Leases
  // -------------------------------------------------------------------------------------

  /**
   * Who gets a lease.
   *
   * @param sessionNo of the session it is delivered to
   */
  public record Grantee(String holder, int sessionNo, String workerId) {}

  /**
   * Leases up to {@code count} tasks of the class. Nothing is leased to a session that a later one
   * of the same holder has superseded.
   *
   * @return the leased tasks, in order; null when the session is superseded
   */
  public @Nullable List<Task.Leased> lease(
      TaskClass taskClass, int count, Grantee grantee, Now now, List<PartitionEvent> out) {
    var holder = book.holders.findOrAdd(grantee.holder());
    if (grantee.sessionNo() < holder.sessionNo) {
      return null;
    }
    holder.sessionNo = grantee.sessionNo();
    var nowMs = Math.max(now.wallMs(), book.horizonMs);
    var expiresAtMs = TimeBounds.plus(nowMs, book.limits.leaseNanos() / 1_000_000);
    var leased = new ArrayList<Task.Leased>(Math.min(count, book.ready.count(taskClass)));
    while (leased.size() < count) {
      var sequence = book.ready.poll(taskClass);
      if (sequence < 0) {
        break;
      }
      var decision =
          book.tasks.get(sequence).lease(grantee.holder(), grantee.workerId(), nowMs, expiresAtMs);
      if (!(decision instanceof TaskEvent event)) {
        throw new IllegalStateException("expected a ready task to be leasable, got " + decision);
      }
      var task = (Task.Leased) emit(event, out);
      holder.leases.put(sequence, grantee.sessionNo());
      book.deadlines.push(
          now.monoNanos() + TimeBounds.waitOf(task.spec().profile().executionTimeoutMs()),
          sequence,
          task.fence());
      leased.add(task);
    }
    holder.expiresAtNanos = now.monoNanos() + book.limits.leaseNanos();
    return leased;
  }

  /**
   * Takes a worker's report of an ended attempt.
   *
   * @param random uniform in [0, 1), for the jitter of a retry; asked for failures only
   * @return null when it holds now, or why it does not
   */
  public @Nullable Rejection settle(
      String holder, Settlement report, Now now, DoubleSupplier random, List<PartitionEvent> out) {
    var task = book.tasks.get(report.sequence());
    if (task instanceof Task.Leased leased && !leased.holder().equals(holder)) {
      return new Rejection(
          Rejection.Code.STALE_LEASE, "expected the holder of the lease, got another");
    }
    var decision =
        switch (report.outcome()) {
          case COMPLETED -> task.complete(report.fence(), report.result(), now.wallMs());
          case FAILED ->
              task.fail(
                  report.fence(),
                  report.failure() == null
                      ? new Failure(FailureType.ERROR, "", "")
                      : report.failure(),
                  report.permanent(),
                  report.retryAfterMs(),
                  now.wallMs(),
                  random.getAsDouble());
          case RELEASED -> task.release(report.fence(), report.reason(), now.wallMs());
        };
    return settle(decision, out);
  }

  /** Ends a task that is not terminal; null, or why not. */
  public @Nullable Rejection cancel(
      long sequence, String reason, Now now, List<PartitionEvent> out) {
    return settle(book.tasks.get(sequence).cancel(reason, now.wallMs()), out);
  }

  /**
   * The holder's worker beats: its leases last for one more lease time. From then on the holder
   * heeds no session with a lower number, also after a start, when nobody else has spoken yet.
   *
   * @return whether the holder has leases here and no later session speaks for it
   */
  public boolean renew(String holderId, int sessionNo, Now now) {
    var holder = book.holders.find(holderId);
    if (holder == null || sessionNo < holder.sessionNo) {
      return false;
    }
    holder.sessionNo = sessionNo;
    holder.expiresAtNanos = now.monoNanos() + book.limits.leaseNanos();
    return true;
  }

  /**
   * A session takes over the holder's leases. Those that were delivered under an earlier session
   * and that the worker does not have are released; they never reached it.
   *
   * @param heldSequences the leases that the worker says it has
   * @param heldFences entry i is the fence of {@code heldSequences[i]}
   * @return positions in these arrays of leases that are not the holder's; null when a later
   *     session has the holder already
   */
  public @Nullable List<Integer> attach(
      String holderId,
      int sessionNo,
      long[] heldSequences,
      long[] heldFences,
      Now now,
      List<PartitionEvent> out) {
    var holder = book.holders.findOrAdd(holderId);
    if (sessionNo < holder.sessionNo) {
      return null;
    }
    holder.sessionNo = sessionNo;
    holder.expiresAtNanos = now.monoNanos() + book.limits.leaseNanos();
    var lost = new ArrayList<Integer>();
    for (var i = 0; i < heldSequences.length; i++) {
      var sequence = heldSequences[i];
      if (book.tasks.get(sequence) instanceof Task.Leased task
          && task.fence() == heldFences[i]
          && task.holder().equals(holderId)) {
        holder.leases.put(sequence, sessionNo);
      } else {
        lost.add(i);
      }
    }
    for (var sequence : holder.leases.sortedKeys()) {
      if (holder.leases.get(sequence, sessionNo) < sessionNo) {
        var task = book.tasks.get(sequence);
        settle(task.release(task.fence(), "not delivered", now.wallMs()), out);
      }
    }
    return lost;
  }

  /**
   * The holder is gone: its leases end.
   *
   * @param lost the worker was lost, and its attempts count; else it left in order
   */
  public void end(String holderId, int sessionNo, boolean lost, Now now, List<PartitionEvent> out) {
    var holder = book.holders.find(holderId);
    if (holder == null || sessionNo < holder.sessionNo) {
      return;
    }
    var failure = new Failure(FailureType.WORKER_LOST, "the worker was lost", "");
    for (var sequence : holder.leases.sortedKeys()) {
      var task = book.tasks.get(sequence);
      settle(
          lost
              ? task.lose(task.fence(), failure, now.wallMs())
              : task.release(task.fence(), "the worker left", now.wallMs()),
          out);
    }
    book.holders.remove(holder);
  }

  /** The highest session number of the holder that was seen; 0 when it is not known. */
  public int sessionNo(String holderId) {
    var holder = book.holders.find(holderId);
    return holder == null ? Holders.NO_SESSION : holder.sessionNo;
  }

  // ---- Time
  // ---------------------------------------------------------------------------------------

  /** Why a lease ended without its worker. */
  public enum Ended {
    TIMED_OUT,
    LEASE_LOST
  }

  /** Is told leases that end without their worker. */
  public interface EndedListener {
    void ended(Task.Leased lease, Ended reason);
  }

  /**
   * Does what is due by the wall clock; to be called before the commands of each batch, so that
   * they see the instant at which they happen. Tasks become ready or expire; finished tasks and
   * request ids are forgotten.
   *
   * <p>While there are leases, it has to be called at least every {@link Limits#lookNanos}.
   *
   * @param eventsMax it stops when {@code out} has so many; {@link #nextSweepInNanos} is 0 then,
   *     and the next call goes on
   */
  public void sweep(Now now, int eventsMax, List<PartitionEvent> out) {
    book.holders.look(now.monoNanos());
    book.horizonMs = Math.max(book.horizonMs, now.wallMs());
    while (!book.due.isEmpty() && book.due.at() <= book.horizonMs && out.size() < eventsMax) {
      var sequence = book.due.sequence();
      var valid = book.isDueEntryValid(book.due.at(), sequence, book.due.tag());
      var tag = book.due.tag();
      book.due.pop();
      if (valid && tag == TaskBook.DUE) {
        book.ready.add(book.tasks.get(sequence).spec().profile(), sequence);
      } else if (valid) {
        settle(book.tasks.get(sequence).expire(book.horizonMs), out);
      }
    }
    book.finished.trimEndedBefore(
        TimeBounds.minus(now.wallMs(), book.limits.finishedKeptMs()), book.tasks);
    book.forgetRequestsBefore(TimeBounds.minus(now.wallMs(), book.limits.requestKeptMs()));
  }

  /**
   * Ends the leases whose time is up: attempts time out, and silent holders lose their leases. To
   * be called after the commands of each batch, so that a renewal or a settlement that waited in
   * the batch counts before the lease that it is about ends.
   *
   * @param random source of jitter, uniform in [0, 1)
   * @param eventsMax as for {@link #sweep}
   */
  public void endOverdue(
      Now now,
      DoubleSupplier random,
      EndedListener listener,
      int eventsMax,
      List<PartitionEvent> out) {
    while (!book.deadlines.isEmpty()
        && book.deadlines.at() - now.monoNanos() <= 0
        && out.size() < eventsMax) {
      var sequence = book.deadlines.sequence();
      var fence = book.deadlines.tag();
      book.deadlines.pop();
      if (book.tasks.get(sequence) instanceof Task.Leased task && task.fence() == fence) {
        var timeoutMs = task.spec().profile().executionTimeoutMs();
        var failure =
            new Failure(
                FailureType.TIMED_OUT, "expected an end within " + timeoutMs + " ms, got none", "");
        settle(task.fail(fence, failure, false, 0, now.wallMs(), random.getAsDouble()), out);
        listener.ended(task, Ended.TIMED_OUT);
      }
    }
    var failure = new Failure(FailureType.WORKER_LOST, "the lease ran out", "");
    for (var holder : book.holders.expired(now.monoNanos())) {
      for (var sequence : holder.leases.sortedKeys()) {
        if (out.size() >= eventsMax) {
          return;
        }
        if (book.tasks.get(sequence) instanceof Task.Leased task) {
          settle(task.lose(task.fence(), failure, now.wallMs()), out);
          listener.ended(task, Ended.LEASE_LOST);
        }
      }
      book.holders.remove(holder);
    }
  }

  // ---- Events ---------------------------------------------------------------------------------

  /** Repeats an event from the journal. Only before {@link #recovered}. */
  public void replay(PartitionEvent event) {
    book.apply(event);
  }

  /** Takes a snapshot over. Only on a new state. */
  public void restore(PartitionSnapshot snapshot) {
    book.restore(snapshot);
  }

  /** Everything stored was replayed: makes the rest, and gives every holder a full lease time. */
  public void recovered(Now now) {
    book.recovered(now);
  }

  /**
   * A frozen copy of all that is stored, to be read by any thread. A million tasks cost well under
   * a millisecond.
   */
  public PartitionSnapshot snapshot() {
    return book.snapshot();
  }

  /** The one object of all that are equal to {@code profile}. */
  public TaskProfile intern(TaskProfile profile) {
    return book.intern(profile);
  }

  private @Nullable Rejection settle(Decision decision, List<PartitionEvent> out) {
    if (decision instanceof TaskEvent event) {
      emit(event, out);
      return null;
    }
    return decision instanceof Decision.Refused refused ? refused.reason() : null;
  }

  private Task emit(PartitionEvent event, List<PartitionEvent> out) {
    out.add(event);
    return book.apply(event);
  }
}
