package io.reeve.check;

import io.reeve.domain.task.Discarded;
import io.reeve.domain.task.HolderEnded;
import io.reeve.domain.task.Outcome;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.Redriven;
import io.reeve.domain.task.RulesHeeded;
import io.reeve.domain.task.ScheduleEvent;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskState;
import io.reeve.domain.task.UniqueMet;
import io.reeve.domain.task.UniqueTaken;
import io.reeve.domain.task.WriterStarted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes a history fact by fact and tells what is wrong with it. Events of one partition come in the
 * order of its journal. One pass, and memory for each task and each answer.
 *
 * <p>Used by one thread: {@link #add} for each fact, {@link #end} once nothing follows.
 */
public final class Checker {

  private static final int VIOLATIONS_KEPT_MAX = 100;

  private final boolean inOrder;
  private final long leaseNanos;

  /** Tasks that compete with each other for workers. */
  private record Rivals(int partition, TaskClass ofNormal) {}

  private final Map<TaskId, TaskLife> lives = new LinkedHashMap<>();
  private final Map<Rivals, StartOrder> orders = new HashMap<>();
  private final ScheduleLives schedules = new ScheduleLives(this::violated);
  private final Calls calls = new Calls(this::violated, lives::get);
  private final UniqueHolders unique = new UniqueHolders(this::violated, lives::get);
  private final DeadLetterOffice deadLetters = new DeadLetterOffice(this::violated);
  private final EpochOrder epochs = new EpochOrder(this::violated);
  private final Set<TaskId> cancelled = new HashSet<>();
  private final List<Fact> toldApart = new ArrayList<>();
  private final Readers readers = new Readers(this::violated);
  private final Placement placement = new Placement(lives, this::violated);
  private final Map<String, SessionCredit> sessions = new HashMap<>();
  private final RulesKept rules = new RulesKept(this::violated);
  private final List<Violation> violations = new ArrayList<>();
  private final @Nullable Consumer<Fact> recorder;
  private long events;

  /** Whether all that was stored by the time of the next fact is known. */
  private boolean whole;

  /** Tasks that have not ended. */
  private int live;

  private Checker(boolean inOrder, long leaseNanos, @Nullable Consumer<Fact> recorder) {
    this.recorder = recorder;
    this.inOrder = inOrder;
    this.whole = inOrder;
    this.leaseNanos = leaseNanos;
  }

  /**
   * For a journal, and for histories that were written down apart from it: what those say is judged
   * at the end, against all that was stored.
   */
  public static Checker ofJournal() {
    return new Checker(false, 0, null);
  }

  /**
   * For facts that come in the order they happened, all of them: an answer is then judged against
   * what was stored by that time.
   *
   * @param leaseNanos how long a lease lasts at least
   */
  public static Checker ofEverything(long leaseNanos) {
    return new Checker(true, leaseNanos, null);
  }

  /** As {@link #ofEverything}, and hands every fact on as well. */
  public static Checker ofEverything(long leaseNanos, Consumer<Fact> recorder) {
    return new Checker(true, leaseNanos, recorder);
  }

  // ---- Verdict

  /** What was found wrong so far, in the order it came. */
  public List<Violation> violations() {
    return List.copyOf(violations);
  }

  public boolean isGood() {
    return violations.isEmpty();
  }

  /** Nothing follows: judges what can be told only now. */
  public void end() {
    whole = true;
    toldApart.forEach(this::take);
    calls.areStored();
    if (inOrder) {
      lives.forEach(
          (id, life) -> {
            if (life.end == null) {
              violated(Invariant.EVERYTHING_ENDS, "%s: %s".formatted(id, life));
            }
          });
    } else {
      calls.endOfJournal();
    }
  }

  /** Something wrong that others found. */
  public void violated(Invariant invariant, String what) {
    if (violations.size() < VIOLATIONS_KEPT_MAX) {
      violations.add(new Violation(invariant, what));
    }
  }

  /** What is missing of what clients were told: the ids of tasks by request id. */
  public List<String> missing(Map<String, List<String>> acknowledged) {
    return calls.missing(acknowledged);
  }

  /** Tasks that have not ended. */
  public List<TaskId> unfinished() {
    return lives.entrySet().stream()
        .filter(entry -> entry.getValue().end == null)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Whether every stored task has ended. */
  public boolean allEnded() {
    return live == 0;
  }

  /** Tasks that were submitted. */
  public int tasks() {
    return lives.size();
  }

  /** Tasks that schedules made. */
  public int madeBySchedules() {
    return schedules.made();
  }

  /** Events of the journal so far. */
  public long events() {
    return events;
  }

  /** Tasks that were leased more than once. */
  public int leasedAgain() {
    return (int) lives.values().stream().filter(TaskLife::leasedMoreThanOnce).count();
  }

  /** Tasks that ended this way. */
  public long ended(TaskState state) {
    return lives.values().stream().filter(life -> life.end == state).count();
  }

  /** How much was judged, for the log of a test. */
  public String summary() {
    return "%d events, %d tasks, %d completed, %d leased more than once"
        .formatted(events, lives.size(), ended(TaskState.COMPLETED), leasedAgain());
  }

  // ---- Facts

  /** The next fact. */
  public void add(Fact fact) {
    if (recorder != null) {
      recorder.accept(fact);
    }
    if (fact instanceof Fact.Stored stored) {
      stored(stored);
    } else if (whole || fact.isOfItsOwn()) {
      take(fact);
    } else {
      toldApart.add(fact);
    }
  }

  private void take(Fact fact) {
    if (fact instanceof Fact.Delivered delivered) {
      delivered(delivered);
    } else if (fact instanceof Fact.CreditStated stated) {
      var session = sessions.get(stated.session());
      if (session != null) {
        session.state(stated);
      }
    } else if (fact instanceof Fact.SettleAnswered settle) {
      settled(settle);
    } else if (fact instanceof Fact.SubmitCalled call) {
      calls.called(call);
    } else if (fact instanceof Fact.SubmitAnswered answer) {
      calls.answered(answer);
      if (inOrder) {
        calls.isStored(answer);
      }
    } else if (fact instanceof Fact.ReadAnswered read) {
      readers.read(read, lives.get(read.task()));
    } else if (fact instanceof Fact.FailureRead read) {
      readers.failureRead(read, lives.get(read.task()));
    } else if (fact instanceof Fact.CancelAnswered cancel) {
      cancelAnswered(cancel);
    } else if (fact instanceof Fact.SessionBegan began) {
      sessions.put(began.session(), new SessionCredit(began));
    } else if (fact instanceof Fact.LeaseRanOut ranOut) {
      ranOut(ranOut);
    } else {
      epochs.take(fact);
      placement.take(fact);
      deadLetters.take(fact);
      rules.take(fact);
    }
  }

  private void stored(Fact.Stored stored) {
    events++;
    stored.event().accept(new Of(stored));
  }

  /** Takes one stored event. */
  private final class Of implements PartitionEvent.Visitor<Of> {

    private final Fact.Stored stored;

    Of(Fact.Stored stored) {
      this.stored = stored;
    }

    @Override
    public Of submitted(Submission event) {
      Checker.this.submitted(stored, event);
      return this;
    }

    @Override
    public Of changed(TaskEvent event) {
      Checker.this.changed(stored, event);
      return this;
    }

    @Override
    public Of redriven(Redriven event) {
      Checker.this.redriven(stored, event);
      return this;
    }

    @Override
    public Of discarded(Discarded event) {
      deadLetters.discarded(new TaskId(stored.partition(), event.sequence()));
      return this;
    }

    @Override
    public Of uniqueTaken(UniqueTaken event) {
      unique.taken(stored.partition(), event);
      return this;
    }

    @Override
    public Of uniqueMet(UniqueMet event) {
      return this;
    }

    @Override
    public Of scheduleChanged(ScheduleEvent event) {
      Checker.this.scheduleChanged(stored, event);
      return this;
    }

    @Override
    public Of holderEnded(HolderEnded event) {
      return this;
    }

    @Override
    public Of writerStarted(WriterStarted event) {
      return this;
    }

    @Override
    public Of rulesHeeded(RulesHeeded event) {
      rules.stored(stored.partition(), event);
      return this;
    }
  }

  private void scheduleChanged(Fact.Stored stored, ScheduleEvent event) {
    var partition = stored.partition();
    var tasks = schedules.change(partition, event, sequence -> lives(partition, sequence));
    tasks.forEach(task -> begin(stored, "", task));
  }

  private boolean lives(int partition, long sequence) {
    var life = sequence == 0 ? null : lives.get(new TaskId(partition, sequence));
    return life != null && life.end == null;
  }

  private void changed(Fact.Stored stored, TaskEvent event) {
    var id = new TaskId(stored.partition(), event.sequence());
    var life = lives.get(id);
    if (life == null) {
      violated(
          Invariant.NO_GHOST,
          "%s: %s of a task that was never submitted"
              .formatted(id, event.getClass().getSimpleName()));
      return;
    }
    var ended = life.end != null;
    if (event instanceof TaskEvent.Leased lease) {
      isNext(id, life, lease);
      placement.leased(id, life, lease);
      rules.leased(stored.partition(), life.profile.taskClass().queue(), lease);
    }
    life.add(
        event,
        stored.decidedAtNanos(),
        (rule, what) -> violated(rule, "%s: %s".formatted(id, what)));
    if (!ended && life.end != null) {
      live--;
      if (life.end == TaskState.DEAD) {
        deadLetters.died(id);
      }
    }
    if (event instanceof TaskEvent.Cancelled cancel) {
      unique.cancelled(id, cancel.reason());
    }
    takePlace(id, life);
    if (cancelled.contains(id) && event instanceof TaskEvent.Leased) {
      violated(Invariant.CANCEL_IS_FINAL, "%s: leased after its cancelling".formatted(id));
    }
  }

  /** Whether no other task had to start before this one. */
  private void isNext(TaskId id, TaskLife life, TaskEvent.Leased lease) {
    var ahead = order(id, life).ahead(id.sequence(), lease.atMs());
    if (ahead != null) {
      var equal = ahead.priority() == life.profile.priority();
      violated(
          equal ? Invariant.FIRST_IN_FIRST_OUT : Invariant.PRIORITY_FIRST,
          "%s: leased with priority %s before %d with priority %s"
              .formatted(id, life.profile.priority(), ahead.sequence(), ahead.priority()));
    }
  }

  private void takePlace(TaskId id, TaskLife life) {
    if (life.isQueued()) {
      order(id, life).enter(life.profile.priority(), id.sequence(), life.turnFromMs());
    } else {
      order(id, life).leave(id.sequence());
    }
  }

  private StartOrder order(TaskId id, TaskLife life) {
    return orders.computeIfAbsent(
        new Rivals(id.partition(), life.taskClass().withPriority(Priority.NORMAL)),
        rivals -> new StartOrder());
  }

  private void redriven(Fact.Stored stored, Redriven event) {
    var id = new TaskId(stored.partition(), event.sequence());
    deadLetters.redriven(id, lives.get(id), event.task().spec());
    unique.redriven(id, new TaskId(stored.partition(), event.task().spec().sequence()));
    begin(stored, "", event.task());
  }

  /** A task is there from now on. */
  private void begin(Fact.Stored stored, String requestId, Task.Queued task) {
    var id = new TaskId(stored.partition(), task.spec().sequence());
    var life = new TaskLife(requestId, task, leaseNanos, stored.decidedAtNanos());
    if (lives.putIfAbsent(id, life) != null) {
      violated(Invariant.ONE_SUBMISSION_PER_REQUEST, "%s: submitted twice".formatted(id));
    } else {
      live++;
      takePlace(id, life);
    }
  }

  private void submitted(Fact.Stored stored, Submission submission) {
    var requestId = submission.requestId();
    var ids = new ArrayList<String>();
    for (var task : submission.tasks()) {
      ids.add(new TaskId(stored.partition(), task.spec().sequence()).toString());
      begin(stored, requestId, task);
    }
    calls.stored(requestId, ids);
    if (inOrder) {
      calls.wasAskedFor(requestId, ids.size());
    }
  }

  // ---- Clients

  private void cancelAnswered(Fact.CancelAnswered answer) {
    cancelled.add(answer.task());
    var life = lives.get(answer.task());
    if (life == null || life.end != TaskState.CANCELLED) {
      violated(
          Invariant.CANCEL_IS_FINAL,
          "%s: its client was told that it is cancelled, it is %s".formatted(answer.task(), life));
    }
  }

  // ---- Workers

  private void delivered(Fact.Delivered delivered) {
    var session = sessions.get(delivered.session());
    if (session != null && !session.deliver(delivered.lane())) {
      violated(
          Invariant.CREDIT_KEPT,
          "session %s: got %s task %s beyond its credit: %s"
              .formatted(delivered.session(), delivered.lane(), delivered.task(), session));
    }
    var life = lives.get(delivered.task());
    if (life == null || !life.hadLease(delivered.fence())) {
      violated(
          Invariant.LEASES_ARE_STORED,
          "%s: delivered under fence %d, it is %s"
              .formatted(delivered.task(), delivered.fence(), life));
    }
  }

  private void settled(Fact.SettleAnswered answer) {
    var life = lives.get(answer.task());
    var stored = life != null && life.settledSo(answer.fence(), answer.outcome(), answer.result());
    // A failure may be refused since the server's own word on the attempt came first.
    if (stored != answer.accepted()
        && (answer.accepted() || answer.outcome() == Outcome.COMPLETED)) {
      violated(
          Invariant.SETTLEMENTS_AGREE,
          "%s: %s under fence %d was %s, it is %s"
              .formatted(
                  answer.task(),
                  answer.outcome(),
                  answer.fence(),
                  answer.accepted() ? "accepted" : "refused",
                  life));
    }
  }

  private void ranOut(Fact.LeaseRanOut lease) {
    if (lease.renewedNanosAgo() < leaseNanos) {
      violated(
          Invariant.RENEWALS_COUNT,
          "partition %d: a lease of %s ran out %d ns after a renewal, expected %d or more"
              .formatted(lease.partition(), lease.holder(), lease.renewedNanosAgo(), leaseNanos));
    }
  }
}
