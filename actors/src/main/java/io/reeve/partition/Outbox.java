package io.reeve.partition;

import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.partition.Leases.EndReason;
import io.reeve.partition.Leases.EndedLease;
import io.reeve.partition.Leases.LeaseKey;
import io.reeve.partition.Leases.ToSession;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;

/** What clients and sessions are to be told once the row of the batch is durable. */
final class Outbox {

  /** Bytes of a lease in a message, beside its texts and its task. */
  private static final long LEASE_BYTES = 30;

  private final int partition;
  private final int assignedBytesMax;
  private final Speakers speakers;

  private final List<Runnable> replies = new ArrayList<>();
  private final Map<ActorRef<ToSession>, List<Assignment>> assignments = new LinkedHashMap<>();
  private final Map<ActorRef<ToSession>, List<EndedLease>> ended = new LinkedHashMap<>();
  private final Map<ActorRef<ToSession>, List<LeaseKey>> held = new LinkedHashMap<>();

  /**
   * @param assignedBytesMax of one message with leases, about
   */
  Outbox(int partition, int assignedBytesMax, Speakers speakers) {
    this.partition = partition;
    this.assignedBytesMax = assignedBytesMax;
    this.speakers = speakers;
  }

  <T> void reply(ActorRef<T> to, T message) {
    replies.add(() -> to.tell(message));
  }

  /** Leases of one class for the worker of this session. */
  void assign(ActorRef<ToSession> session, TaskClass taskClass, List<Task.Leased> leased) {
    if (leased.isEmpty()) {
      return;
    }
    var list = assignments.computeIfAbsent(session, s -> new ArrayList<>(leased.size()));
    for (var task : leased) {
      var spec = task.spec();
      list.add(
          new Assignment(
              spec.sequence(),
              task.fence(),
              task.attempt(),
              taskClass.lane(),
              taskClass.quarantined(),
              task.expiresAtMs(),
              spec.profile().executionTimeoutMs(),
              spec.submittedAtMs(),
              spec.bytes()));
    }
  }

  /** The lease ended without its worker; told to the session of its holder, if that is known. */
  void ended(Task.Leased lease, EndReason reason, String message) {
    var session = speakers.of(lease.holder());
    if (session != null) {
      ended
          .computeIfAbsent(session, s -> new ArrayList<>())
          .add(new EndedLease(lease.spec().sequence(), lease.fence(), reason, message));
    }
  }

  /** The leases that the holder has here; told to its session, if that is known. */
  void held(String holder, List<Task.Leased> leases) {
    var session = speakers.of(holder);
    if (session != null) {
      var keys = new ArrayList<LeaseKey>(leases.size());
      for (var lease : leases) {
        keys.add(new LeaseKey(lease.spec().sequence(), lease.fence()));
      }
      held.put(session, keys);
    }
  }

  /** The row is durable. */
  void release() {
    replies.forEach(Runnable::run);
    replies.clear();
    assignments.forEach(this::deliver);
    assignments.clear();
    ended.forEach(this::tellEnded);
    ended.clear();
    // Behind the assignments, so that a session that lacks one of these never gets it.
    held.forEach(this::tellHeld);
    held.clear();
  }

  /** Sends leases in messages that a worker takes: about as large as a journal row may be. */
  private void deliver(ActorRef<ToSession> session, List<Assignment> all) {
    for (var some : Portions.of(all, assignedBytesMax, task -> LEASE_BYTES + task.spec().length)) {
      session.tell(new Leases.Assigned(partition, some));
    }
  }

  private void tellEnded(ActorRef<ToSession> session, List<EndedLease> all) {
    for (var some : Portions.of(all, Portions.BYTES_MAX, Outbox::bytesOf)) {
      session.tell(new Leases.LeasesEnded(partition, some));
    }
  }

  private void tellHeld(ActorRef<ToSession> session, List<LeaseKey> all) {
    for (var some : Portions.of(all, Portions.BYTES_MAX, key -> LEASE_BYTES)) {
      session.tell(new Leases.LeasesHeld(partition, some));
    }
  }

  private static long bytesOf(EndedLease lease) {
    return LEASE_BYTES + (long) Portions.LETTER_BYTES * lease.message().length();
  }
}
