package io.reeve.journal;

import com.google.protobuf.UnsafeByteOperations;
import io.reeve.domain.task.Discarded;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.HolderEnded;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Past;
import io.reeve.domain.task.Redriven;
import io.reeve.domain.task.RulesHeeded;
import io.reeve.domain.task.ScheduleEvent;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.UniqueMet;
import io.reeve.domain.task.UniqueTaken;
import io.reeve.domain.task.WriterStarted;
import io.reeve.journal.v1.AttemptFailedRun;
import io.reeve.journal.v1.CancelledRun;
import io.reeve.journal.v1.CompletedRun;
import io.reeve.journal.v1.DiedRun;
import io.reeve.journal.v1.DiscardedRun;
import io.reeve.journal.v1.EventRun;
import io.reeve.journal.v1.ExpiredRun;
import io.reeve.journal.v1.HolderEndedRun;
import io.reeve.journal.v1.LeasedRun;
import io.reeve.journal.v1.LostRun;
import io.reeve.journal.v1.PartitionRow;
import io.reeve.journal.v1.RedrivenRun;
import io.reeve.journal.v1.ReleasedRun;
import io.reeve.journal.v1.ScheduleDeletedRun;
import io.reeve.journal.v1.StoredFailure;
import io.reeve.journal.v1.SubmittedRun;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Packs the events of one row into runs, from the first to the last: a run goes on as long as the
 * next event is of the same kind and shares what the run stores once. Used once, by one thread.
 *
 * <p>Specifications and results are wrapped, not copied, until the row's bytes are written.
 */
final class RunEncoder {

  private final List<? extends PartitionEvent> events;
  private final ProfileTable profiles = new ProfileTable();
  private int next;

  private RunEncoder(List<? extends PartitionEvent> events) {
    this.events = events;
  }

  static PartitionRow encode(List<? extends PartitionEvent> events) {
    return new RunEncoder(events).row();
  }

  private PartitionRow row() {
    var row = PartitionRow.newBuilder();
    var runOf = new RunOf();
    for (var first = peek(); first != null; first = peek()) {
      row.addRuns(first.accept(runOf));
    }
    for (var profile : profiles.profiles()) {
      row.addProfiles(StoredValues.stored(profile));
    }
    return row.build();
  }

  /** The run that begins with an event. */
  private final class RunOf
      implements PartitionEvent.Visitor<EventRun>,
          TaskEvent.Visitor<EventRun>,
          ScheduleEvent.Visitor<EventRun> {

    private final EventRun.Builder run = EventRun.newBuilder();

    @Override
    public EventRun submitted(Submission first) {
      return run.setSubmitted(RunEncoder.this.submitted(first)).build();
    }

    @Override
    public EventRun changed(TaskEvent first) {
      return first.acceptKind(this);
    }

    @Override
    public EventRun leased(TaskEvent.Leased first) {
      return run.setLeased(RunEncoder.this.leased(first)).build();
    }

    @Override
    public EventRun completed(TaskEvent.Completed first) {
      return run.setCompleted(RunEncoder.this.completed(first)).build();
    }

    @Override
    public EventRun attemptFailed(TaskEvent.AttemptFailed first) {
      return run.setAttemptFailed(RunEncoder.this.attemptFailed(first)).build();
    }

    @Override
    public EventRun lost(TaskEvent.Lost first) {
      return run.setLost(RunEncoder.this.lost(first)).build();
    }

    @Override
    public EventRun died(TaskEvent.Died first) {
      return run.setDied(RunEncoder.this.died(first)).build();
    }

    @Override
    public EventRun released(TaskEvent.Released first) {
      return run.setReleased(RunEncoder.this.released(first)).build();
    }

    @Override
    public EventRun cancelled(TaskEvent.Cancelled first) {
      return run.setCancelled(RunEncoder.this.cancelled(first)).build();
    }

    @Override
    public EventRun expired(TaskEvent.Expired first) {
      return run.setExpired(RunEncoder.this.expired(first)).build();
    }

    @Override
    public EventRun redriven(Redriven first) {
      return run.setRedriven(RunEncoder.this.redriven(first)).build();
    }

    @Override
    public EventRun discarded(Discarded first) {
      return run.setDiscarded(RunEncoder.this.discarded(first)).build();
    }

    @Override
    public EventRun uniqueTaken(UniqueTaken event) {
      next++;
      return run.setUniqueTaken(StoredValues.stored(event)).build();
    }

    @Override
    public EventRun uniqueMet(UniqueMet event) {
      next++;
      return run.setUniqueMet(StoredValues.stored(event)).build();
    }

    @Override
    public EventRun scheduleChanged(ScheduleEvent first) {
      return first.acceptKind(this);
    }

    @Override
    public EventRun set(ScheduleEvent.Set event) {
      next++;
      return run.setScheduleSet(StoredSchedules.stored(event, profiles)).build();
    }

    @Override
    public EventRun deleted(ScheduleEvent.Deleted first) {
      return run.setScheduleDeleted(RunEncoder.this.deleted(first)).build();
    }

    @Override
    public EventRun paused(ScheduleEvent.Paused event) {
      next++;
      return run.setSchedulePaused(StoredSchedules.stored(event)).build();
    }

    @Override
    public EventRun resumed(ScheduleEvent.Resumed event) {
      next++;
      return run.setScheduleResumed(StoredSchedules.stored(event)).build();
    }

    @Override
    public EventRun fired(ScheduleEvent.Fired event) {
      next++;
      return run.setScheduleFired(StoredSchedules.stored(event)).build();
    }

    @Override
    public EventRun backfilled(ScheduleEvent.Backfilled event) {
      next++;
      return run.setScheduleBackfilled(StoredSchedules.stored(event)).build();
    }

    @Override
    public EventRun holderEnded(HolderEnded first) {
      return run.setHolderEnded(RunEncoder.this.holderEnded(first)).build();
    }

    @Override
    public EventRun writerStarted(WriterStarted event) {
      next++;
      return run.setWriterStarted(StoredValues.stored(event)).build();
    }

    @Override
    public EventRun rulesHeeded(RulesHeeded event) {
      next++;
      return run.setHeeded(StoredRules.stored(event)).build();
    }
  }

  private SubmittedRun submitted(Submission submission) {
    var run =
        SubmittedRun.newBuilder()
            .setFirstSequence(submission.firstSequence())
            .setAtMs(submission.atMs())
            .setRequestId(submission.requestId())
            .setBodyHash(submission.bodyHash());
    var tasks = submission.tasks();
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("expected a submission of at least one task");
    }
    var oneProfile = true;
    var dueAtOnce = true;
    var firstProfile = profiles.indexOf(tasks.get(0).spec().profile());
    for (var i = 0; i < tasks.size(); i++) {
      var task = tasks.get(i);
      requireFresh(task, submission, i);
      oneProfile &= profiles.indexOf(task.spec().profile()) == firstProfile;
      dueAtOnce &= task.dueAtMs() == submission.atMs();
      run.addSpecs(UnsafeByteOperations.unsafeWrap(task.spec().bytes()));
    }
    for (var i = 0; i < (oneProfile ? 1 : tasks.size()); i++) {
      run.addProfile(profiles.indexOf(tasks.get(i).spec().profile()));
    }
    for (var i = 0; i < (dueAtOnce ? 0 : tasks.size()); i++) {
      run.addDueAtMs(tasks.get(i).dueAtMs());
    }
    next++;
    return run.build();
  }

  private LeasedRun leased(TaskEvent.Leased first) {
    var run =
        LeasedRun.newBuilder()
            .setAtMs(first.atMs())
            .setExpiresAtMs(first.expiresAtMs())
            .setHolder(first.holder())
            .setWorkerId(first.workerId());
    var before = 0L;
    while (peek() instanceof TaskEvent.Leased event
        && event.atMs() == first.atMs()
        && event.expiresAtMs() == first.expiresAtMs()
        && event.holder().equals(first.holder())
        && event.workerId().equals(first.workerId())) {
      run.addSequenceDeltas(event.sequence() - before)
          .addFences(event.fence())
          .addAttempts(event.attempt());
      before = event.sequence();
      next++;
    }
    return run.build();
  }

  private CompletedRun completed(TaskEvent.Completed first) {
    var run = CompletedRun.newBuilder().setAtMs(first.atMs());
    var start = next;
    var anyResult = false;
    var before = 0L;
    while (peek() instanceof TaskEvent.Completed event && event.atMs() == first.atMs()) {
      run.addSequenceDeltas(event.sequence() - before).addFences(event.fence());
      anyResult |= event.result().length > 0;
      before = event.sequence();
      next++;
    }
    for (var i = start; anyResult && i < next; i++) {
      var event = (TaskEvent.Completed) events.get(i);
      run.addResults(UnsafeByteOperations.unsafeWrap(event.result()));
    }
    return run.build();
  }

  private AttemptFailedRun attemptFailed(TaskEvent.AttemptFailed first) {
    var run = AttemptFailedRun.newBuilder().setAtMs(first.atMs());
    var start = next;
    var dueAtOnce = true;
    var oneFailure = true;
    var before = 0L;
    while (peek() instanceof TaskEvent.AttemptFailed event && event.atMs() == first.atMs()) {
      run.addSequenceDeltas(event.sequence() - before).addFences(event.fence());
      dueAtOnce &= event.retryAtMs() == event.atMs();
      oneFailure &= event.failure().equals(first.failure());
      before = event.sequence();
      next++;
    }
    for (var i = start; !dueAtOnce && i < next; i++) {
      run.addRetryAtMs(((TaskEvent.AttemptFailed) events.get(i)).retryAtMs());
    }
    return run.addAllFailures(
            failures(
                events.subList(start, oneFailure ? start + 1 : next).stream()
                    .map(event -> ((TaskEvent.AttemptFailed) event).failure())))
        .build();
  }

  private LostRun lost(TaskEvent.Lost first) {
    var run = LostRun.newBuilder().setAtMs(first.atMs());
    var start = next;
    var oneFailure = true;
    var before = 0L;
    while (peek() instanceof TaskEvent.Lost event && event.atMs() == first.atMs()) {
      run.addSequenceDeltas(event.sequence() - before).addFences(event.fence());
      oneFailure &= event.failure().equals(first.failure());
      before = event.sequence();
      next++;
    }
    return run.addAllFailures(
            failures(
                events.subList(start, oneFailure ? start + 1 : next).stream()
                    .map(event -> ((TaskEvent.Lost) event).failure())))
        .build();
  }

  private DiedRun died(TaskEvent.Died first) {
    var run = DiedRun.newBuilder().setAtMs(first.atMs());
    var start = next;
    var oneFailure = true;
    var before = 0L;
    while (peek() instanceof TaskEvent.Died event && event.atMs() == first.atMs()) {
      run.addSequenceDeltas(event.sequence() - before).addFences(event.fence());
      oneFailure &= event.failure().equals(first.failure());
      before = event.sequence();
      next++;
    }
    return run.addAllFailures(
            failures(
                events.subList(start, oneFailure ? start + 1 : next).stream()
                    .map(event -> ((TaskEvent.Died) event).failure())))
        .build();
  }

  private ReleasedRun released(TaskEvent.Released first) {
    var run = ReleasedRun.newBuilder().setAtMs(first.atMs()).setReason(first.reason());
    var before = 0L;
    while (peek() instanceof TaskEvent.Released event
        && event.atMs() == first.atMs()
        && event.reason().equals(first.reason())) {
      run.addSequenceDeltas(event.sequence() - before).addFences(event.fence());
      before = event.sequence();
      next++;
    }
    return run.build();
  }

  private CancelledRun cancelled(TaskEvent.Cancelled first) {
    var run = CancelledRun.newBuilder().setAtMs(first.atMs()).setReason(first.reason());
    var before = 0L;
    while (peek() instanceof TaskEvent.Cancelled event
        && event.atMs() == first.atMs()
        && event.reason().equals(first.reason())) {
      run.addSequenceDeltas(event.sequence() - before);
      before = event.sequence();
      next++;
    }
    return run.build();
  }

  private ExpiredRun expired(TaskEvent.Expired first) {
    var run = ExpiredRun.newBuilder().setAtMs(first.atMs());
    var before = 0L;
    while (peek() instanceof TaskEvent.Expired event && event.atMs() == first.atMs()) {
      run.addSequenceDeltas(event.sequence() - before);
      before = event.sequence();
      next++;
    }
    return run.build();
  }

  private RedrivenRun redriven(Redriven first) {
    var firstSequence = first.task().spec().sequence();
    var run =
        RedrivenRun.newBuilder()
            .setAtMs(first.atMs())
            .setBy(first.by())
            .setFirstSequence(firstSequence);
    var start = next;
    var oneProfile = true;
    var before = 0L;
    while (peek() instanceof Redriven event
        && event.atMs() == first.atMs()
        && event.by().equals(first.by())
        && event.task().spec().sequence() == firstSequence + next - start) {
      requireFresh(event);
      oneProfile &= event.task().spec().profile().equals(first.task().spec().profile());
      run.addSequenceDeltas(event.sequence() - before)
          .addSpecs(UnsafeByteOperations.unsafeWrap(event.task().spec().bytes()));
      before = event.sequence();
      next++;
    }
    for (var i = start; i < (oneProfile ? start + 1 : next); i++) {
      run.addProfile(profiles.indexOf(((Redriven) events.get(i)).task().spec().profile()));
    }
    return run.build();
  }

  private DiscardedRun discarded(Discarded first) {
    var run = DiscardedRun.newBuilder().setAtMs(first.atMs()).setBy(first.by());
    var before = 0L;
    while (peek() instanceof Discarded event
        && event.atMs() == first.atMs()
        && event.by().equals(first.by())) {
      run.addSequenceDeltas(event.sequence() - before);
      before = event.sequence();
      next++;
    }
    return run.build();
  }

  private HolderEndedRun holderEnded(HolderEnded first) {
    var run = HolderEndedRun.newBuilder().setAtMs(first.atMs());
    while (peek() instanceof HolderEnded event && event.atMs() == first.atMs()) {
      run.addHolders(event.holder()).addSessionNos(event.sessionNo());
      next++;
    }
    return run.build();
  }

  private ScheduleDeletedRun deleted(ScheduleEvent.Deleted first) {
    var run = ScheduleDeletedRun.newBuilder().setAtMs(first.atMs());
    while (peek() instanceof ScheduleEvent.Deleted event && event.atMs() == first.atMs()) {
      run.addNumbers(event.number());
      next++;
    }
    return run.build();
  }

  private @Nullable PartitionEvent peek() {
    return next < events.size() ? events.get(next) : null;
  }

  private static List<StoredFailure> failures(Stream<Failure> failures) {
    return failures.map(StoredValues::stored).toList();
  }

  private static void requireFresh(Redriven event) {
    var spec = event.task().spec();
    if (spec.submittedAtMs() != event.atMs()
        || !event.task().equals(Task.Queued.redriving(event.sequence(), spec))) {
      throw new IllegalArgumentException(
          "expected task " + spec.sequence() + " as a redrive makes it, got " + event.task());
    }
  }

  /**
   * What is not stored with a submitted task must be as the schema implies, or it would be lost.
   */
  private static void requireFresh(Task.Queued task, Submission submission, int index) {
    if (task.spec().sequence() != submission.firstSequence() + index
        || task.spec().submittedAtMs() != submission.atMs()
        || task.attempt() != 0
        || task.fence() != 0
        || !task.past().equals(Past.NONE)) {
      throw new IllegalArgumentException(
          "expected task "
              + (submission.firstSequence() + index)
              + " as it enters, got task "
              + task.spec().sequence()
              + " with attempt "
              + task.attempt()
              + " and fence "
              + task.fence());
    }
  }
}
