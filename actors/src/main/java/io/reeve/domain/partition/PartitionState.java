package io.reeve.domain.partition;

import io.reeve.domain.TimeBounds;
import io.reeve.domain.task.HeededRules;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.RulesHeeded;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskProfile;
import io.reeve.domain.task.WriterStarted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  private final Books books;
  private final TaskBook tasks;
  private final LeaseBook leases;
  private final LeaseRules leaseRules;
  private final DeadLetters deadLetters;
  private final ScheduleRules scheduleRules;
  private final UniqueTasks uniqueTasks;

  /** A state whose tasks no budget bounds. */
  public PartitionState(Limits limits) {
    this(limits, LiveBudget.unbounded().open(0));
  }

  /**
   * @param account of the partition; the caller closes it
   */
  public PartitionState(Limits limits, LiveBudget.Account account) {
    this.books = new Books(limits, account);
    this.tasks = books.tasks;
    this.leases = books.leases;
    this.leaseRules = new LeaseRules(limits, books);
    this.scheduleRules = new ScheduleRules(books);
    this.uniqueTasks = new UniqueTasks(this, books);
    this.deadLetters = new DeadLetters(books, uniqueTasks);
  }

  /** Who gets leases, and when they end. */
  public LeaseRules leases() {
    return leaseRules;
  }

  /** What became of tasks that died. */
  public DeadLetters dead() {
    return deadLetters;
  }

  /** Which schedules there are, and the tasks that they make. */
  public ScheduleRules schedules() {
    return scheduleRules;
  }

  /** Tasks that are the only ones of their key. */
  public UniqueTasks unique() {
    return uniqueTasks;
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

  /** Where the task stands among the ready ones, at a bounded cost. */
  public Place place(long sequence) {
    return tasks.place(sequence);
  }

  /** The class that a known task waits in; its profile's when it does not wait. */
  public TaskClass taskClass(long sequence) {
    return tasks.taskClass(sequence);
  }

  /** Classes with ready tasks, in order of first appearance. */
  public List<TaskClass> readyClasses() {
    return tasks.ready.readyClasses();
  }

  /** When the next task of the class was submitted; 0: none is ready. */
  public long headSubmittedMs(TaskClass taskClass) {
    return submittedMs(tasks.ready.head(taskClass));
  }

  private long submittedMs(long sequence) {
    return sequence < 0 ? 0 : tasks.get(sequence).spec().submittedAtMs();
  }

  /** The number of the next task of the class: the lower one was submitted earlier. */
  public long head(TaskClass taskClass) {
    return tasks.ready.head(taskClass);
  }

  /** Is told how many tasks of a class are ready. */
  public interface ReadyListener {

    /**
     * @param headSubmittedMs when the next of them was submitted; 0: none is ready
     */
    void ready(TaskClass taskClass, int count, long headSubmittedMs);
  }

  /** Tells the classes whose ready count may have changed since the last call. */
  public void drainReadyChanges(ReadyListener listener) {
    tasks.ready.drainChanged(
        (taskClass, count, head) -> listener.ready(taskClass, count, submittedMs(head)));
  }

  /**
   * Lets {@link #drainReadyChanges} also tell every class of which somebody believes another count.
   *
   * @param believed every class that is believed to have ready tasks, and how many
   */
  public void restateReady(Map<TaskClass, Integer> believed) {
    tasks.ready.touchWhereNot(believed);
  }

  /** Lets {@link #drainReadyChanges} also tell this class. */
  public void restateReady(TaskClass taskClass) {
    tasks.ready.touch(taskClass);
  }

  /** Visits tasks with a number above {@code after}, in order, until the visitor says false. */
  public void forEachAfter(long after, Predicate<Task> visitor) {
    tasks.tasks.forEachAfter(after, visitor);
  }

  /**
   * Nanoseconds until {@link #sweep}, {@link ScheduleRules#fireDue}, {@link LeaseRules#endOverdue}
   * or {@link LeaseRules#auditDue} has something to do, never negative; Long.MAX_VALUE when only a
   * command can change that.
   */
  public long nextSweepInNanos(Now now) {
    var forgetAtMs = Math.min(books.finished.nextForgottenAtMs(), books.dead.nextForgottenAtMs());
    var soonest = leases.nextInNanos(now.monoNanos());
    soonest = Math.min(soonest, nanosUntil(tasks.nextDueAtMs(), 0, now));
    soonest = Math.min(soonest, nanosUntil(books.schedules.nextDueAtMs(), 0, now));
    soonest = Math.min(soonest, nanosUntil(pauseEndsAtMs(now), 0, now));
    return Math.min(soonest, nanosUntil(forgetAtMs, FORGET_SLACK_MS, now));
  }

  private long pauseEndsAtMs(Now now) {
    return tasks.ready.total() == 0 ? Long.MAX_VALUE : books.heeded.rules().nextEndMs(now.wallMs());
  }

  private static long nanosUntil(long atMs, long slackMs, Now now) {
    return atMs == Long.MAX_VALUE
        ? Long.MAX_VALUE
        : TimeBounds.waitUntil(TimeBounds.plus(atMs, slackMs), now.wallMs());
  }

  // ---- Submission

  /** What became of a submission. */
  public sealed interface Answer {

    /**
     * @param count of the tasks; 0: none was added, since task {@code firstSequence} holds the
     *     unique key
     * @param already an earlier submission with the same request id had the same answer
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
    books.emit(new Submission(requestId, bodyHash, tasks.nextSequence, now.wallMs(), queued), out);
    return new Answer.Taken(queued.get(0).spec().sequence(), queued.size(), now.wallMs(), false);
  }

  /** Ends a task that is not terminal; null, or why not. */
  public @Nullable Rejection cancel(
      long sequence, String reason, Now now, List<PartitionEvent> out) {
    return books.carryOut(tasks.get(sequence).cancel(reason, now.wallMs()), out);
  }

  // ---- Rules

  /** The dispatcher and the rules that the partition keeps. */
  public RulesHeeded heeded() {
    return books.heeded;
  }

  /**
   * A dispatcher says under which epoch it works and which rules hold. Nothing is noted before the
   * first rule.
   *
   * @return whether the partition heeds it; not if it knows one of a higher epoch
   */
  public boolean heed(long epoch, HeededRules rules, Now now, List<PartitionEvent> out) {
    var before = books.heeded;
    if (epoch < before.epoch()) {
      return false;
    }
    var sameVersion = rules.version() == before.rules().version();
    var known =
        epoch == before.epoch()
            ? rules.version() <= before.rules().version()
            : sameVersion && rules.version() == 0;
    if (!known) {
      books.emit(new RulesHeeded(epoch, rules, now.wallMs()), out);
    }
    return true;
  }

  // ---- Time

  /**
   * Does what is due by the wall clock; to be called before the commands of each batch, so that
   * they see the instant at which they happen. Tasks become ready or expire; finished tasks,
   * request ids and unique keys are forgotten.
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
        sequence -> books.carryOut(tasks.get(sequence).expire(tasks.horizonMs), out));
    books.finished.sweep(now.wallMs());
    books.dead.sweep(now.wallMs());
    books.requests.sweep(now.wallMs());
    books.unique.sweep(now.wallMs());
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
    books.emit(WriterStarted.next(startsBefore, startId, tasks.nextSequence, now.wallMs()), out);
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
    books.schedules.recovered();
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
}
