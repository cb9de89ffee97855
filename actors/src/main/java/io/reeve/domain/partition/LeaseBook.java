package io.reeve.domain.partition;

import io.reeve.domain.TimeBounds;
import io.reeve.domain.table.LongMap;
import io.reeve.domain.task.HolderEnded;
import io.reeve.domain.task.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Who holds which leases, and until when: by their holder's silence, and by the execution timeout
 * of each. Which session speaks for a holder is in memory only.
 */
final class LeaseBook {

  /** A lease that was made before the partition started was delivered under no session. */
  static final int NO_SESSION = 0;

  static final class Holder {
    final String id;

    /** Highest session number seen; {@link #NO_SESSION} after a start, until one speaks up. */
    int sessionNo = NO_SESSION;

    /** When its leases run out unless renewed. */
    private long expiresAtNanos;

    /** Sequence number of each leased task to the session number it was delivered under. */
    final LongMap leases = new LongMap();

    private Holder(String id) {
      this.id = id;
    }
  }

  private final Limits limits;
  private final TaskTable tasks;
  private final Map<String, Holder> byId = new LinkedHashMap<>();
  private final EndedHolders ended;
  private final DueHeap deadlines = new DueHeap(this::isDeadlineValid);
  private final LeaseAudit audit;

  /** The holder of the last look-up: settlements and leases come in runs of one holder. */
  private @Nullable Holder last;

  /** When the partition last looked at its holders, by the monotonic clock. */
  private long lookedAtNanos;

  private boolean replaying = true;

  LeaseBook(Limits limits, TaskTable tasks) {
    this.limits = limits;
    this.tasks = tasks;
    this.ended = new EndedHolders(limits.ended());
    this.audit = new LeaseAudit(limits.leaseAuditNanos());
  }

  // ---- Holders

  @Nullable Holder find(String id) {
    var recent = last;
    if (recent != null && recent.id.equals(id)) {
      return recent;
    }
    var holder = byId.get(id);
    if (holder != null) {
      last = holder;
    }
    return holder;
  }

  /**
   * The holder for which a grant names this session; null when a later session spoke for it, or the
   * holder is gone with this session.
   */
  @Nullable Holder named(String id, int sessionNo) {
    return sessionNo <= ended.sessionNo(id) ? null : speakers(id, sessionNo);
  }

  /**
   * The holder for which this session speaks up; null when a later session spoke for it. A session
   * that is gone never speaks again, so one that has its number is another one, and alive.
   */
  @Nullable Holder speaks(String id, int sessionNo) {
    if (sessionNo < ended.sessionNo(id)) {
      return null;
    }
    var holder = speakers(id, sessionNo);
    if (holder != null) {
      ended.remove(id);
    }
    return holder;
  }

  private @Nullable Holder speakers(String id, int sessionNo) {
    var holder = find(id);
    if (holder != null && sessionNo < holder.sessionNo) {
      return null;
    }
    if (holder == null) {
      holder = add(id);
    }
    holder.sessionNo = sessionNo;
    return holder;
  }

  /** The highest session number of the holder that was seen; 0 when it is not known. */
  int sessionNo(String id) {
    var holder = find(id);
    return Math.max(holder == null ? NO_SESSION : holder.sessionNo, ended.sessionNo(id));
  }

  /** The holder's leases last for one more lease time. */
  void renew(Holder holder, long nowNanos) {
    holder.expiresAtNanos = nowNanos + limits.leaseNanos();
  }

  /** The holder's leases, in the order of their tasks. */
  List<Task.Leased> leasesOf(@Nullable Holder holder) {
    var leases = new ArrayList<Task.Leased>();
    if (holder != null) {
      for (var sequence : holder.leases.sortedKeys()) {
        if (tasks.get(sequence) instanceof Task.Leased lease) {
          leases.add(lease);
        }
      }
    }
    return leases;
  }

  /** Leases of all holders. */
  int held() {
    return byId.values().stream().mapToInt(holder -> holder.leases.size()).sum();
  }

  void forEachWithLeases(ObjIntConsumer<String> consumer) {
    byId.forEach(
        (id, holder) -> {
          if (holder.leases.size() > 0) {
            consumer.accept(id, holder.leases.size());
          }
        });
  }

  /** Whether the holder is gone with this session, or a later one. */
  boolean hasEnded(String id, int sessionNo) {
    return sessionNo <= ended.sessionNo(id);
  }

  private Holder add(String id) {
    var holder = new Holder(id);
    byId.put(id, holder);
    last = holder;
    return holder;
  }

  void remove(Holder holder) {
    byId.remove(holder.id);
    if (last == holder) {
      last = null;
    }
  }

  // ---- Events

  /** A task goes from one state to the next. */
  void change(long sequence, Task before, Task after) {
    if (before instanceof Task.Leased lease) {
      var holder = find(lease.holder());
      if (holder != null) {
        holder.leases.remove(sequence);
        if (replaying && holder.leases.size() == 0) {
          remove(holder);
        }
      }
    }
    if (after instanceof Task.Leased lease) {
      enter(lease);
    }
  }

  /** Takes in a lease, delivered under the session that speaks for its holder now. */
  void enter(Task.Leased lease) {
    var holder = find(lease.holder());
    if (holder == null) {
      holder = add(lease.holder());
    }
    holder.leases.put(lease.spec().sequence(), holder.sessionNo);
  }

  /** The attempt of a lease has so long from now. */
  void deliver(Task.Leased lease, long nowNanos) {
    deadline(lease, lease.spec().profile().executionTimeoutMs(), nowNanos);
  }

  private void deadline(Task.Leased lease, long timeoutMs, long nowNanos) {
    deadlines.push(nowNanos + TimeBounds.waitOf(timeoutMs), lease.spec().sequence(), lease.fence());
  }

  void ended(HolderEnded event) {
    ended.add(event);
    var holder = find(event.holder());
    if (holder != null) {
      remove(holder);
    }
  }

  /** Takes in a holder that is gone, from a snapshot. A later session of it may have leases. */
  void enter(HolderEnded event) {
    ended.add(event);
  }

  HolderEnded[] endedHolders() {
    return ended.snapshot();
  }

  /** Everything stored was replayed: every holder gets a full lease time. */
  void recovered(Now now) {
    replaying = false;
    lookedAtNanos = now.monoNanos();
    expireAllAt(now.monoNanos() + limits.leaseNanos());
    tasks.forEach(
        task -> {
          if (task instanceof Task.Leased lease) {
            var elapsedMs = Math.max(0, now.wallMs() - lease.past().leasedAtMs());
            var timeoutMs = lease.spec().profile().executionTimeoutMs();
            deadline(lease, timeoutMs - elapsedMs, now.monoNanos());
          }
        });
  }

  // ---- Time

  /**
   * Notes that the partition looks at its holders now. After a pause it cannot tell a silent holder
   * from one whose renewals are still on their way: the partition was stalled, or was busy with one
   * batch. So it does what it does after a start, and gives every holder a full lease time.
   */
  void look(Now now) {
    if (now.monoNanos() - lookedAtNanos >= 2 * limits.lookNanos()) {
      expireAllAt(now.monoNanos() + limits.leaseNanos());
    }
    lookedAtNanos = now.monoNanos();
    ended.sweep(now.wallMs());
  }

  /** Takes out the next lease whose attempt ran for too long; null when there is none. */
  Task.@Nullable Leased pollTimedOut(long nowNanos) {
    while (!deadlines.isEmpty() && deadlines.at() - nowNanos <= 0) {
      var sequence = deadlines.sequence();
      var fence = deadlines.tag();
      deadlines.pop();
      if (tasks.get(sequence) instanceof Task.Leased lease && lease.fence() == fence) {
        return lease;
      }
    }
    return null;
  }

  /** The holders whose time is up, those without leases too. */
  List<Holder> silent(long nowNanos) {
    var silent = new ArrayList<Holder>();
    for (var holder : byId.values()) {
      if (nowNanos - holder.expiresAtNanos >= 0) {
        silent.add(holder);
      }
    }
    return silent;
  }

  /** Whether sessions are to be asked for their leases now. */
  boolean auditDue(long nowNanos) {
    return audit.due(nowNanos, anyLeases());
  }

  /** Nanoseconds until a lease may end or sessions are asked; Long.MAX_VALUE: never. */
  long nextInNanos(long nowNanos) {
    deadlines.skipVoid();
    var soonest = audit.inNanos(nowNanos);
    if (!deadlines.isEmpty()) {
      soonest = Math.min(soonest, TimeBounds.waitUntilNanos(deadlines.at(), nowNanos));
    }
    for (var holder : byId.values()) {
      if (holder.leases.size() > 0) {
        soonest = Math.min(soonest, TimeBounds.waitUntilNanos(holder.expiresAtNanos, nowNanos));
      }
    }
    return soonest;
  }

  private boolean anyLeases() {
    for (var holder : byId.values()) {
      if (holder.leases.size() > 0) {
        return true;
      }
    }
    return false;
  }

  private void expireAllAt(long nanos) {
    byId.values().forEach(holder -> holder.expiresAtNanos = nanos);
  }

  private boolean isDeadlineValid(long at, long sequence, long tag) {
    return tasks.get(sequence) instanceof Task.Leased task && task.fence() == tag;
  }
}
