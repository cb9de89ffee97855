package io.reeve.domain.partition;

import io.reeve.domain.task.Failure;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskProfile;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One partition's rules with a clock in the test's hands: each command is a batch of its own. A
 * restart replays what happened, or restores a snapshot of it.
 */
final class PartitionStory {

  /** Saturday, 1 November 2025, noon. */
  static final long NOON = 1_761_998_400_000L;

  static final TaskClass MAIL = new TaskClass("default", "mail", Lane.NORMAL, Priority.NORMAL);
  static final Duration LEASE = Duration.ofSeconds(30);

  /** Room for everything that a test does not look at. */
  static final Limits ROOMY =
      new Limits(
          1_000_000,
          1L << 30,
          new Limits.Kept(1_000, 1L << 30, Duration.ofHours(1).toMillis()),
          new Limits.Kept(1_000, 1L << 30, Duration.ofDays(14).toMillis()),
          new Limits.Requests(1L << 30, 60_000, Duration.ofHours(24).toMillis()),
          new Limits.Schedules(1_000, 1 << 20, 3_600_000),
          new Limits.UniqueKeys(1_000, 1 << 20, null),
          LEASE.toNanos(),
          Duration.ofHours(1).toNanos(),
          new Limits.Ended(1_000, 600_000));

  record NewTask(TaskProfile profile, long notBeforeMs, long delayMs, byte[] spec)
      implements Incoming {}

  final List<PartitionEvent> journal = new ArrayList<>();
  PartitionState state;

  /** Leases of tasks that were cancelled for the next run of their schedule. */
  final List<Task.Leased> replaced = new ArrayList<>();

  private final Limits limits;
  private long wallMs = NOON;
  private long nanos = 5_000_000_000L;

  PartitionStory() {
    this(ROOMY);
  }

  PartitionStory(Limits limits) {
    this.limits = limits;
    this.state = new PartitionState(limits);
    state.recovered(now());
  }

  // ---- Tasks -----------------------------------------------------------------------------------

  static TaskProfile profile(long executionTimeoutMs, long queueTimeoutMs) {
    return new TaskProfile(
        MAIL,
        executionTimeoutMs,
        queueTimeoutMs,
        new RetryPolicy(3, Duration.ofSeconds(10), Duration.ofMinutes(10), 2, 0),
        "");
  }

  static TaskProfile profile() {
    return profile(300_000, 0);
  }

  static NewTask task(TaskProfile profile) {
    return new NewTask(profile, 0, 0, new byte[] {1});
  }

  /** Submits a task and gives its number. */
  long submit(TaskProfile profile) {
    return submit(task(profile));
  }

  long submit(NewTask task) {
    return ((PartitionState.Answer.Taken) submit("", task)).firstSequence();
  }

  PartitionState.Answer submit(String requestId, NewTask... tasks) {
    var answer = new PartitionState.Answer[1];
    batch(events -> answer[0] = state.submit(requestId, 7, List.of(tasks), now(), events));
    return answer[0];
  }

  Task get(long sequence) {
    return state.get(sequence);
  }

  // ---- Workers ---------------------------------------------------------------------------------

  /** Leases up to {@code count} tasks; null when the session may not have any. */
  @Nullable List<Task.Leased> lease(String holder, int count) {
    var leased = new ArrayList<@Nullable List<Task.Leased>>(1);
    batch(events -> leased.add(leaseIn(holder, count, events)));
    return leased.get(0);
  }

  @Nullable List<Task.Leased> leaseIn(String holder, int count, List<PartitionEvent> events) {
    var grantee = new LeaseRules.Grantee(holder, 1, "worker of " + holder);
    return state.leases().lease(MAIL, count, grantee, now(), events);
  }

  void renew(String holder) {
    batch(events -> state.leases().renew(holder, 1, now()));
  }

  @Nullable Rejection settle(String holder, Settlement settlement) {
    var answer = new @Nullable Rejection[1];
    batch(
        events -> answer[0] = state.leases().settle(holder, settlement, now(), () -> 0.5, events));
    return answer[0];
  }

  /** The holder of the task's lease settles it. */
  void settle(Settlement settlement) {
    var holder = ((Task.Leased) get(settlement.sequence())).holder();
    if (settle(holder, settlement) != null) {
      throw new AssertionError("expected the settlement to be taken, got a refusal");
    }
  }

  void complete(long sequence) {
    settle(Settlement.completed(sequence, get(sequence).fence(), new byte[] {2}));
  }

  void fail(long sequence, String message) {
    var failure = new Failure(FailureType.ERROR, message, "");
    settle(Settlement.failed(sequence, get(sequence).fence(), failure, false, 0));
  }

  void release(long sequence) {
    settle(Settlement.released(sequence, get(sequence).fence(), "not now"));
  }

  // ---- Time ------------------------------------------------------------------------------------

  Now now() {
    return new Now(wallMs, nanos);
  }

  /** Lets time pass, and the partition look as often as it has to. */
  void pass(Duration time) {
    for (var left = time.toNanos(); left > 0; left -= limits.lookNanos()) {
      stall(Duration.ofNanos(Math.min(left, limits.lookNanos())));
      batch(events -> {});
    }
  }

  /** Lets time pass while the partition does not look. */
  void stall(Duration time) {
    wallMs += time.toMillis();
    nanos += time.toNanos();
  }

  /** Carries out commands as one batch, with what is due before and behind them. */
  void batch(Consumer<List<PartitionEvent>> commands) {
    var events = new ArrayList<PartitionEvent>();
    state.sweep(now(), Integer.MAX_VALUE, events);
    fireSchedules(events);
    commands.accept(events);
    state.leases().endOverdue(now(), () -> 0.5, (lease, reason) -> {}, Integer.MAX_VALUE, events);
    fireSchedules(events);
    journal.addAll(events);
  }

  private void fireSchedules(List<PartitionEvent> events) {
    state.schedules().fireDue(now(), Integer.MAX_VALUE, replaced::add, events);
  }

  /** Sets the wall clock forward or back. */
  void jump(Duration by) {
    wallMs += by.toMillis();
  }

  /** Sets the clock to the beginning of a year. */
  void jumpTo(int year) {
    wallMs = Instant.parse(year + "-01-01T00:00:00Z").toEpochMilli();
  }

  // ---- Starts ----------------------------------------------------------------------------------

  /** How a partition starts again. */
  enum Start {
    /** It does not: it lives on. */
    NONE,
    REPLAY,
    RESTORE
  }

  void start(Start start) {
    switch (start) {
      case NONE -> {}
      case REPLAY -> replay();
      case RESTORE -> restore();
    }
  }

  /** A writer takes the partition over. */
  void takeOver() {
    state.start(42, now(), journal);
  }

  /** Starts the partition again from the events that it stored. */
  void replay() {
    state = new PartitionState(limits);
    journal.forEach(state::replay);
    state.recovered(now());
  }

  /** Starts the partition again from a snapshot. */
  void restore() {
    var snapshot = state.snapshot();
    state = new PartitionState(limits);
    state.restore(snapshot);
    state.recovered(now());
  }
}
