package io.reeve.domain.partition;

import io.reeve.domain.TimeBounds;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureReport;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.HolderEnded;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Who gets leases of one partition, what sessions may say of them, and when they end. A part of its
 * {@link PartitionState}, whose promises about commands and events hold here as well.
 */
public final class LeaseRules {

  private static final Failure WORKER_LOST =
      new Failure(FailureType.WORKER_LOST, "the worker was lost", "");
  private static final Failure LEASE_RAN_OUT =
      new Failure(FailureType.WORKER_LOST, "the lease ran out", "");

  private final Limits limits;
  private final Books books;
  private final TaskBook tasks;
  private final LeaseBook leases;

  LeaseRules(Limits limits, Books books) {
    this.limits = limits;
    this.books = books;
    this.tasks = books.tasks;
    this.leases = books.leases;
  }

  /** Tasks that are leased. */
  public int held() {
    return leases.held();
  }

  // ---- Leasing ---------------------------------------------------------------------------------

  /** Who gets a lease; {@code sessionNo} is of the session that it is delivered to. */
  public record Grantee(String holder, int sessionNo, String workerId) {}

  /**
   * Leases up to {@code count} tasks of the class, or of one that differs from it in its higher
   * priority alone; of a paused queue none, whatever grants it. Nothing is leased to a session that
   * a later one of the same holder has superseded, or that is gone. A task whose queue timeout is
   * over expires; at most {@code count} do so in one call, so that the call adds a bounded number
   * of events.
   *
   * @return the leased tasks, in order; null when the session may not have any
   */
  public @Nullable List<Task.Leased> lease(
      TaskClass taskClass, int count, Grantee grantee, Now now, List<PartitionEvent> out) {
    var holder = leases.named(grantee.holder(), grantee.sessionNo());
    if (holder == null) {
      return null;
    }
    var nowMs = nowMs(now);
    var most = isPaused(taskClass, now) ? 0 : count;
    var expiresAtMs = TimeBounds.plus(nowMs, limits.leaseNanos() / 1_000_000);
    var leased = new ArrayList<Task.Leased>(Math.min(most, tasks.ready.count(taskClass)));
    var expired = 0;
    while (leased.size() < most && expired < most) {
      var sequence = tasks.ready.poll(taskClass);
      if (sequence < 0) {
        break;
      }
      var ready = tasks.get(sequence);
      if (ready instanceof Task.Queued queued && queued.expiresAtMs() <= nowMs) {
        // The sweep had no room left for it, or it was handed back after the sweep.
        books.carryOut(queued.expire(nowMs), out);
        expired++;
        continue;
      }
      var decision = ready.lease(grantee.holder(), grantee.workerId(), nowMs, expiresAtMs);
      if (!(decision instanceof TaskEvent.Leased event)) {
        throw new IllegalStateException("expected a ready task to be leasable, got " + decision);
      }
      var task = (Task.Leased) books.emit(event, out);
      leases.deliver(task, now.monoNanos());
      leased.add(task);
    }
    leases.renew(holder, now.monoNanos());
    return leased;
  }

  /** Whether no task of the class may start now. */
  public boolean isPaused(TaskClass taskClass, Now now) {
    return books.heeded.rules().pauses(taskClass.queue(), nowMs(now));
  }

  /** The clock does not go back for what was decided by it. */
  private long nowMs(Now now) {
    return Math.max(now.wallMs(), tasks.horizonMs);
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
    return books.carryOut(decision, out);
  }

  // ---- What sessions say -----------------------------------------------------------------------

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
        books.carryOut(task.release(task.fence(), "not delivered", now.wallMs()), out);
      }
    }
    return lost;
  }

  /**
   * The holder is gone: its leases end, and grants that arrive later lease nothing to it.
   *
   * @param lost the worker was lost; else it left in order
   */
  public void end(String holderId, int sessionNo, boolean lost, Now now, List<PartitionEvent> out) {
    if (sessionNo < leases.sessionNo(holderId) || leases.hasEnded(holderId, sessionNo)) {
      return;
    }
    for (var task : leases.leasesOf(leases.find(holderId))) {
      books.carryOut(
          lost
              ? task.lose(task.fence(), WORKER_LOST, limits.losses(), now.wallMs())
              : task.release(task.fence(), "the worker left", now.wallMs()),
          out);
    }
    books.emit(new HolderEnded(holderId, sessionNo, now.wallMs()), out);
  }

  /** Whether the holder has a task in quarantine, which runs alone. */
  public boolean isolates(String holderId) {
    for (var task : leases.leasesOf(leases.find(holderId))) {
      if (limits.losses().isolates(task.past().losses())) {
        return true;
      }
    }
    return false;
  }

  /** The highest session number of the holder that was seen; 0 when it is not known. */
  public int sessionNo(String holderId) {
    return leases.sessionNo(holderId);
  }

  // ---- What sessions are asked -----------------------------------------------------------------

  /** Tells each holder with leases and their number. */
  public void forEachHolder(ObjIntConsumer<String> consumer) {
    leases.forEachWithLeases(consumer);
  }

  /** The holder's leases, in the order of their tasks. */
  public List<Task.Leased> leasesOf(String holderId) {
    return leases.leasesOf(leases.find(holderId));
  }

  /** Whether sessions are to be asked for their leases now; call it at the end of each batch. */
  public boolean auditDue(Now now) {
    return leases.auditDue(now.monoNanos());
  }

  // ---- Time ------------------------------------------------------------------------------------

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
   * Ends the leases whose time is up: attempts time out, and silent holders lose their leases. To
   * be called after the commands of each batch, so that a renewal or a settlement that waited in
   * the batch counts before the lease that it is about ends.
   *
   * @param random source of jitter, uniform in [0, 1)
   * @param eventsMax as for {@link PartitionState#sweep}
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
      books.carryOut(task.fail(task.fence(), report, now.wallMs()), out);
      listener.ended(task, Ended.TIMED_OUT);
    }
    for (var holder : leases.silent(now.monoNanos())) {
      for (var task : leases.leasesOf(holder)) {
        if (out.size() >= eventsMax) {
          return;
        }
        books.carryOut(task.lose(task.fence(), LEASE_RAN_OUT, limits.losses(), now.wallMs()), out);
        listener.ended(task, Ended.LEASE_LOST);
      }
      leases.remove(holder);
    }
  }
}
