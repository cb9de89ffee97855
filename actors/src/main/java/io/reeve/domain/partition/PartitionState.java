package io.reeve.domain.partition;

import io.reeve.domain.TimeBounds;
import io.reeve.domain.task.Decision;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureReport;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.HolderEnded;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskProfile;
import io.reeve.domain.task.WriterStarted;
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

  private static final Failure WORKER_LOST =
      new Failure(FailureType.WORKER_LOST, "the worker was lost", "");
  private static final Failure LEASE_RAN_OUT =
      new Failure(FailureType.WORKER_LOST, "the lease ran out", "");

  /**
   * Finished tasks are forgotten up to this much late, in groups, so that an idle system sleeps.
   */
  private static final long FORGET_SLACK_MS = 10_000;

  private final Limits limits;
  private final Books books;
  private final TaskBook tasks;
  private final LeaseBook leases;

  /** A state whose tasks no budget bounds. */
  public PartitionState(Limits limits) {
    this(limits, LiveBudget.unbounded().open(0));
  }

  /**
   * @param account of this start of the partition; the caller closes it with the state
   */
  public PartitionState(Limits limits, LiveBudget.Account account) {
    this.limits = limits;
    this.books = new Books(limits, account);
    this.tasks = books.tasks;
    this.leases = books.leases;
  }

  // ---- Reading

  /** The task, or {@link Task.Absent}. */
  public Task get(long sequence) {
    return tasks.get(sequence);
  }

  /** Tasks that are not finished. */
  public int live() {
    return tasks.live;
  }

  /** Bytes of live tasks as counted against {@link Limits#bytesMax}. */
  public long liveBytes() {
    return tasks.liveBytes;
  }

  /** Finished tasks that are still readable, dead ones included. */
  public int finishedKept() {
    return books.finished.size() + books.dead.size();
  }

  /** Tasks that finished since this state was made; a measure of the work behind a snapshot. */
  public long finishedTotal() {
    return books.finishedTotal;
  }

  /** Tasks that a worker may run now. */
  public int ready() {
    return tasks.ready.total();
  }

  public int ready(TaskClass taskClass) {
    return tasks.ready.count(taskClass);
  }

  /** Classes with ready tasks, in order of first appearance. */
  public List<TaskClass> readyClasses() {
    return tasks.ready.readyClasses();
  }

  /** Tells the classes whose ready count may have changed since the last call. */
  public void drainReadyChanges(ObjIntConsumer<TaskClass> consumer) {
    tasks.ready.drainChanged(consumer);
  }

  /**
   * Lets {@link #drainReadyChanges} also tell every class of which somebody believes another count.
   *
   * @param believed every class that is believed to have ready tasks, and how many
   */
  public void restateReady(Map<TaskClass, Integer> believed) {
    tasks.ready.touchWhereNot(believed);
  }

  /** Tells each holder with leases and their number. */
  public void forEachHolder(ObjIntConsumer<String> consumer) {
    leases.forEachWithLeases(consumer);
  }

  /** The holder's leases, in the order of their tasks. */
  public List<Task.Leased> leasesOf(String holderId) {
    return leases.leasesOf(leases.find(holderId));
  }

  /** Visits tasks with a number above {@code after}, in order, until the visitor says false. */
  public void forEachAfter(long after, Predicate<Task> visitor) {
    tasks.tasks.forEachAfter(after, visitor);
  }

  /**
   * Nanoseconds until {@link #sweep}, {@link #endOverdue} or {@link #leaseAuditDue} has something
   * to do, never negative; Long.MAX_VALUE when only a command can change that.
   */
  public long nextSweepInNanos(Now now) {
    var forgetAtMs = Math.min(books.finished.nextForgottenAtMs(), books.dead.nextForgottenAtMs());
    var soonest = leases.nextInNanos(now.monoNanos());
    soonest = Math.min(soonest, nanosUntil(tasks.nextDueAtMs(), 0, now));
    return Math.min(soonest, nanosUntil(forgetAtMs, FORGET_SLACK_MS, now));
  }

  private static long nanosUntil(long atMs, long slackMs, Now now) {
    return atMs == Long.MAX_VALUE
        ? Long.MAX_VALUE
        : TimeBounds.waitUntil(TimeBounds.plus(atMs, slackMs), now.wallMs());
  }

  /** Whether sessions are to be asked for their leases now; call it at the end of each batch. */
  public boolean leaseAuditDue(Now now) {
    return leases.auditDue(now.monoNanos());
  }

  // ---- Submission

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
    var known = books.requests.find(requestId, now.wallMs());
    if (known == null) {
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
    // The tasks last: asking for their room reserves it.
    var noRoom = books.requests.noRoomFor(requestId, now.wallMs());
    if (noRoom == null) {
      noRoom = tasks.noRoomFor(incoming);
    }
    if (noRoom != null) {
      return new Answer.Refused(noRoom);
    }
    var queued = new ArrayList<Task.Queued>(incoming.size());
    var sequence = tasks.nextSequence;
    for (var task : incoming) {
      var dueAtMs =
          task.delayMs() > 0
              ? TimeBounds.plus(now.wallMs(), task.delayMs())
              : Math.max(now.wallMs(), TimeBounds.instant(task.notBeforeMs()));
      var spec = new Task.Spec(sequence++, tasks.intern(task.profile()), task.spec(), now.wallMs());
      queued.add(Task.Queued.entering(spec, dueAtMs));
    }
    emit(new Submission(requestId, bodyHash, tasks.nextSequence, now.wallMs(), queued), out);
    return new Answer.Taken(queued.get(0).spec().sequence(), queued.size(), now.wallMs(), false);
  }

  // ---- Leases

  /** Who gets a lease; {@code sessionNo} is of the session that it is delivered to. */
  public record Grantee(String holder, int sessionNo, String workerId) {}

  /**
   * Leases up to {@code count} tasks of the class. Nothing is leased to a session that a later one
   * of the same holder has superseded, or that is gone.
   *
   * @return the leased tasks, in order; null when the session may not have any
   */
  public @Nullable List<Task.Leased> lease(
      TaskClass taskClass, int count, Grantee grantee, Now now, List<PartitionEvent> out) {
    var holder = leases.named(grantee.holder(), grantee.sessionNo());
    if (holder == null) {
      return null;
    }
    var nowMs = Math.max(now.wallMs(), tasks.horizonMs);
    var expiresAtMs = TimeBounds.plus(nowMs, limits.leaseNanos() / 1_000_000);
    var leased = new ArrayList<Task.Leased>(Math.min(count, tasks.ready.count(taskClass)));
    while (leased.size() < count) {
      var sequence = tasks.ready.poll(taskClass);
      if (sequence < 0) {
        break;
      }
      var decision =
          tasks.get(sequence).lease(grantee.holder(), grantee.workerId(), nowMs, expiresAtMs);
      if (!(decision instanceof TaskEvent event)) {
        throw new IllegalStateException("expected a ready task to be leasable, got " + decision);
      }
      var task = (Task.Leased) emit(event, out);
      var timeoutMs = task.spec().profile().executionTimeoutMs();
      leases.delivered(task, holder, timeoutMs, now.monoNanos());
      leased.add(task);
    }
    leases.renew(holder, now.monoNanos());
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
    var task = tasks.get(report.sequence());
    if (task instanceof Task.Leased leased && !leased.holder().equals(holder)) {
      return new Rejection(
          Rejection.Code.STALE_LEASE, "expected the holder of the lease, got another");
    }
    var decision =
        switch (report.outcome()) {
          case COMPLETED -> task.complete(report.fence(), report.result(), now.wallMs());
          case FAILED ->
              task.fail(report.fence(), report.failed(random.getAsDouble()), now.wallMs());
          case RELEASED -> task.release(report.fence(), report.reason(), now.wallMs());
        };
    return settle(decision, out);
  }

  /** Ends a task that is not terminal; null, or why not. */
  public @Nullable Rejection cancel(
      long sequence, String reason, Now now, List<PartitionEvent> out) {
    return settle(tasks.get(sequence).cancel(reason, now.wallMs()), out);
  }

  /**
   * The holder's worker beats: its leases last for one more lease time. From then on the holder
   * heeds no session with a lower number, also after a start, when nobody else has spoken yet.
   *
   * @return whether the holder has leases here and no later session speaks for it
   */
  public boolean renew(String holderId, int sessionNo, Now now) {
    var holder = leases.find(holderId);
    if (holder == null || sessionNo < holder.sessionNo) {
      return false;
    }
    holder.sessionNo = sessionNo;
    leases.renew(holder, now.monoNanos());
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
    var holder = leases.speaks(holderId, sessionNo);
    if (holder == null) {
      return null;
    }
    leases.renew(holder, now.monoNanos());
    var lost = new ArrayList<Integer>();
    for (var i = 0; i < heldSequences.length; i++) {
      var sequence = heldSequences[i];
      if (tasks.get(sequence) instanceof Task.Leased task
          && task.fence() == heldFences[i]
          && task.holder().equals(holderId)) {
        holder.leases.put(sequence, sessionNo);
      } else {
        lost.add(i);
      }
    }
    for (var task : leases.leasesOf(holder)) {
      if (holder.leases.get(task.spec().sequence()) < sessionNo) {
        settle(task.release(task.fence(), "not delivered", now.wallMs()), out);
      }
    }
    return lost;
  }

  /**
   * The holder is gone: its leases end, and grants that arrive later lease nothing to it.
   *
   * @param lost the worker was lost, and its attempts count; else it left in order
   */
  public void end(String holderId, int sessionNo, boolean lost, Now now, List<PartitionEvent> out) {
    if (sessionNo < leases.sessionNo(holderId) || leases.hasEnded(holderId, sessionNo)) {
      return;
    }
    for (var task : leases.leasesOf(leases.find(holderId))) {
      settle(
          lost
              ? task.lose(task.fence(), WORKER_LOST, now.wallMs())
              : task.release(task.fence(), "the worker left", now.wallMs()),
          out);
    }
    emit(new HolderEnded(holderId, sessionNo, now.wallMs()), out);
  }

  /** The highest session number of the holder that was seen; 0 when it is not known. */
  public int sessionNo(String holderId) {
    return leases.sessionNo(holderId);
  }

  // ---- Time

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
    leases.look(now);
    tasks.sweep(
        now.wallMs(),
        () -> out.size() < eventsMax,
        sequence -> settle(tasks.get(sequence).expire(tasks.horizonMs), out));
    books.finished.sweep(now.wallMs());
    books.dead.sweep(now.wallMs());
    books.requests.sweep(now.wallMs());
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
    while (out.size() < eventsMax) {
      var task = leases.pollTimedOut(now.monoNanos());
      if (task == null) {
        break;
      }
      var timeoutMs = task.spec().profile().executionTimeoutMs();
      var failure =
          new Failure(
              FailureType.TIMED_OUT, "expected an end within " + timeoutMs + " ms, got none", "");
      var report = new FailureReport(failure, false, 0, random.getAsDouble());
      settle(task.fail(task.fence(), report, now.wallMs()), out);
      listener.ended(task, Ended.TIMED_OUT);
    }
    for (var holder : leases.silent(now.monoNanos())) {
      for (var task : leases.leasesOf(holder)) {
        if (out.size() >= eventsMax) {
          return;
        }
        settle(task.lose(task.fence(), LEASE_RAN_OUT, now.wallMs()), out);
        listener.ended(task, Ended.LEASE_LOST);
      }
      leases.remove(holder);
    }
  }

  // ---- Events

  /**
   * A writer takes the partition over: the first event of each. From then on tasks have numbers
   * that no writer before it gave, whatever copy of the journal was restored.
   *
   * @param startId random
   */
  public void start(long startId, Now now, List<PartitionEvent> out) {
    var startsBefore = books.lastStart == null ? 0 : books.lastStart.startNo();
    emit(WriterStarted.next(startsBefore, startId, tasks.nextSequence, now.wallMs()), out);
  }

  /** Repeats an event from the journal. Only before {@link #recovered}. */
  public void replay(PartitionEvent event) {
    event.accept(books);
  }

  /** Takes a snapshot over. Only on a new state. */
  public void restore(PartitionSnapshot snapshot) {
    books.restore(snapshot);
  }

  /** Everything stored was replayed: makes the rest, and gives every holder a full lease time. */
  public void recovered(Now now) {
    tasks.recovered(now);
    leases.recovered(now);
  }

  /**
   * A frozen copy of all that is stored, to be read by any thread. A million tasks cost well under
   * a millisecond.
   */
  public PartitionSnapshot snapshot() {
    return books.snapshot();
  }

  /** The one object of all that are equal to {@code profile}. */
  public TaskProfile intern(TaskProfile profile) {
    return tasks.intern(profile);
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
    return event.accept(books);
  }
}
