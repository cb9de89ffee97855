package io.reeve.journal;

import com.google.protobuf.ByteString;
import io.reeve.domain.task.Discarded;
import io.reeve.domain.task.Failure;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Redriven;
import io.reeve.domain.task.ScheduleEvent;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.TaskProfile;
import io.reeve.journal.v1.AttemptFailedRun;
import io.reeve.journal.v1.CancelledRun;
import io.reeve.journal.v1.CompletedRun;
import io.reeve.journal.v1.DiedRun;
import io.reeve.journal.v1.DiscardedRun;
import io.reeve.journal.v1.EventRun;
import io.reeve.journal.v1.ExpiredRun;
import io.reeve.journal.v1.LeasedRun;
import io.reeve.journal.v1.LostRun;
import io.reeve.journal.v1.PartitionRow;
import io.reeve.journal.v1.RedrivenRun;
import io.reeve.journal.v1.ReleasedRun;
import io.reeve.journal.v1.ScheduleDeletedRun;
import io.reeve.journal.v1.StoredFailure;
import io.reeve.journal.v1.SubmittedRun;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Unpacks the runs of one row into its events, in order. Whatever does not fit together is refused
 * with an {@link UnreadableJournalException}. Used once, by one thread.
 *
 * <p>The events of a run share its texts and equal failures, and all share their profiles; payloads
 * get arrays of their own, so that no event keeps the row.
 */
final class RunDecoder {

  private static final byte[] NOTHING = {};

  private final List<TaskProfile> profiles;
  private final List<PartitionEvent> events = new ArrayList<>();

  private RunDecoder(List<TaskProfile> profiles) {
    this.profiles = profiles;
  }

  static List<PartitionEvent> decode(PartitionRow row, UnaryOperator<TaskProfile> shared) {
    StoredValues.requireKnown(row);
    var profiles = new ArrayList<TaskProfile>(row.getProfilesCount());
    for (var profile : row.getProfilesList()) {
      profiles.add(shared.apply(StoredValues.profileOf(profile)));
    }
    var decoder = new RunDecoder(profiles);
    for (var run : row.getRunsList()) {
      decoder.decode(run);
    }
    return decoder.events;
  }

  private void decode(EventRun run) {
    StoredValues.requireKnown(run);
    switch (run.getRunCase()) {
      case SUBMITTED -> submitted(run.getSubmitted());
      case LEASED -> leased(run.getLeased());
      case COMPLETED -> completed(run.getCompleted());
      case ATTEMPT_FAILED -> attemptFailed(run.getAttemptFailed());
      case LOST -> lost(run.getLost());
      case DIED -> died(run.getDied());
      case RELEASED -> released(run.getReleased());
      case CANCELLED -> cancelled(run.getCancelled());
      case EXPIRED -> expired(run.getExpired());
      case REDRIVEN -> redriven(run.getRedriven());
      case DISCARDED -> discarded(run.getDiscarded());
      case HOLDER_ENDED -> events.addAll(StoredValues.holdersOf(run.getHolderEnded()));
      case WRITER_STARTED -> events.add(StoredValues.startOf(run.getWriterStarted()));
      case HEEDED -> events.add(StoredRules.heededOf(run.getHeeded()));
      case SCHEDULE_SET -> events.add(StoredSchedules.eventOf(run.getScheduleSet(), this::profile));
      case SCHEDULE_DELETED -> deleted(run.getScheduleDeleted());
      case SCHEDULE_PAUSED -> events.add(StoredSchedules.eventOf(run.getSchedulePaused()));
      case SCHEDULE_RESUMED -> events.add(StoredSchedules.eventOf(run.getScheduleResumed()));
      case SCHEDULE_FIRED -> events.add(StoredSchedules.eventOf(run.getScheduleFired()));
      case SCHEDULE_BACKFILLED -> events.add(StoredSchedules.eventOf(run.getScheduleBackfilled()));
      case UNIQUE_TAKEN -> events.add(StoredValues.takenOf(run.getUniqueTaken()));
      case UNIQUE_MET -> events.add(StoredValues.metOf(run.getUniqueMet()));
      case RUN_NOT_SET ->
          throw new UnreadableJournalException("expected a run of events, got none");
    }
  }

  private void submitted(SubmittedRun run) {
    StoredValues.requireKnown(run);
    var count = run.getSpecsCount();
    require("specs", count > 0, count, 1);
    requireOneOrAll("profile", run.getProfileCount(), count);
    requireNoneOrAll("due_at_ms", run.getDueAtMsCount(), count);
    var dueAtOnce = run.getDueAtMsCount() == 0;
    var oneProfile = run.getProfileCount() == 1;
    var tasks = new ArrayList<Task.Queued>(count);
    for (var i = 0; i < count; i++) {
      var spec =
          new Task.Spec(
              run.getFirstSequence() + i,
              profile(run.getProfile(oneProfile ? 0 : i)),
              run.getSpecs(i).toByteArray(),
              run.getAtMs());
      tasks.add(Task.Queued.entering(spec, dueAtOnce ? run.getAtMs() : run.getDueAtMs(i)));
    }
    events.add(
        new Submission(
            run.getRequestId(), run.getBodyHash(), run.getFirstSequence(), run.getAtMs(), tasks));
  }

  private void leased(LeasedRun run) {
    StoredValues.requireKnown(run);
    var count = run.getSequenceDeltasCount();
    requireAll("fences", run.getFencesCount(), count);
    requireAll("attempts", run.getAttemptsCount(), count);
    var holder = run.getHolder();
    var workerId = run.getWorkerId();
    var sequence = 0L;
    for (var i = 0; i < count; i++) {
      sequence += run.getSequenceDeltas(i);
      events.add(
          new TaskEvent.Leased(
              sequence,
              run.getAttempts(i),
              run.getFences(i),
              holder,
              workerId,
              run.getAtMs(),
              run.getExpiresAtMs()));
    }
  }

  private void completed(CompletedRun run) {
    StoredValues.requireKnown(run);
    var count = run.getSequenceDeltasCount();
    requireAll("fences", run.getFencesCount(), count);
    requireNoneOrAll("results", run.getResultsCount(), count);
    var empty = run.getResultsCount() == 0;
    var sequence = 0L;
    for (var i = 0; i < count; i++) {
      sequence += run.getSequenceDeltas(i);
      var result = empty ? NOTHING : bytes(run.getResults(i));
      events.add(new TaskEvent.Completed(sequence, run.getFences(i), result, run.getAtMs()));
    }
  }

  private void attemptFailed(AttemptFailedRun run) {
    StoredValues.requireKnown(run);
    var count = run.getSequenceDeltasCount();
    requireAll("fences", run.getFencesCount(), count);
    requireNoneOrAll("retry_at_ms", run.getRetryAtMsCount(), count);
    var failures = failures(run.getFailuresList(), count);
    var dueAtOnce = run.getRetryAtMsCount() == 0;
    var sequence = 0L;
    for (var i = 0; i < count; i++) {
      sequence += run.getSequenceDeltas(i);
      events.add(
          new TaskEvent.AttemptFailed(
              sequence,
              run.getFences(i),
              failures.get(failures.size() == 1 ? 0 : i),
              dueAtOnce ? run.getAtMs() : run.getRetryAtMs(i),
              run.getAtMs()));
    }
  }

  private void lost(LostRun run) {
    StoredValues.requireKnown(run);
    var count = run.getSequenceDeltasCount();
    requireAll("fences", run.getFencesCount(), count);
    var failures = failures(run.getFailuresList(), count);
    var sequence = 0L;
    for (var i = 0; i < count; i++) {
      sequence += run.getSequenceDeltas(i);
      var failure = failures.get(failures.size() == 1 ? 0 : i);
      events.add(new TaskEvent.Lost(sequence, run.getFences(i), failure, run.getAtMs()));
    }
  }

  private void died(DiedRun run) {
    StoredValues.requireKnown(run);
    var count = run.getSequenceDeltasCount();
    requireAll("fences", run.getFencesCount(), count);
    var failures = failures(run.getFailuresList(), count);
    var sequence = 0L;
    for (var i = 0; i < count; i++) {
      sequence += run.getSequenceDeltas(i);
      var failure = failures.get(failures.size() == 1 ? 0 : i);
      events.add(new TaskEvent.Died(sequence, run.getFences(i), failure, run.getAtMs()));
    }
  }

  private void released(ReleasedRun run) {
    StoredValues.requireKnown(run);
    var count = run.getSequenceDeltasCount();
    requireAll("fences", run.getFencesCount(), count);
    var reason = run.getReason();
    var sequence = 0L;
    for (var i = 0; i < count; i++) {
      sequence += run.getSequenceDeltas(i);
      events.add(new TaskEvent.Released(sequence, run.getFences(i), reason, run.getAtMs()));
    }
  }

  private void cancelled(CancelledRun run) {
    StoredValues.requireKnown(run);
    var reason = run.getReason();
    var sequence = 0L;
    for (var i = 0; i < run.getSequenceDeltasCount(); i++) {
      sequence += run.getSequenceDeltas(i);
      events.add(new TaskEvent.Cancelled(sequence, reason, run.getAtMs()));
    }
  }

  private void expired(ExpiredRun run) {
    StoredValues.requireKnown(run);
    var sequence = 0L;
    for (var i = 0; i < run.getSequenceDeltasCount(); i++) {
      sequence += run.getSequenceDeltas(i);
      events.add(new TaskEvent.Expired(sequence, run.getAtMs()));
    }
  }

  private void redriven(RedrivenRun run) {
    StoredValues.requireKnown(run);
    var count = run.getSequenceDeltasCount();
    requireAll("specs", run.getSpecsCount(), count);
    requireOneOrAll("profile", run.getProfileCount(), count);
    var oneProfile = run.getProfileCount() == 1;
    var by = run.getBy();
    var sequence = 0L;
    for (var i = 0; i < count; i++) {
      sequence += run.getSequenceDeltas(i);
      var spec =
          new Task.Spec(
              run.getFirstSequence() + i,
              profile(run.getProfile(oneProfile ? 0 : i)),
              bytes(run.getSpecs(i)),
              run.getAtMs());
      events.add(new Redriven(sequence, Task.Queued.redriving(sequence, spec), by, run.getAtMs()));
    }
  }

  private void discarded(DiscardedRun run) {
    StoredValues.requireKnown(run);
    var by = run.getBy();
    var sequence = 0L;
    for (var i = 0; i < run.getSequenceDeltasCount(); i++) {
      sequence += run.getSequenceDeltas(i);
      events.add(new Discarded(sequence, by, run.getAtMs()));
    }
  }

  private void deleted(ScheduleDeletedRun run) {
    StoredValues.requireKnown(run);
    for (var number : run.getNumbersList()) {
      events.add(new ScheduleEvent.Deleted(number, run.getAtMs()));
    }
  }

  private TaskProfile profile(int index) {
    require("profiles", index >= 0 && index < profiles.size(), profiles.size(), index + 1);
    return profiles.get(index);
  }

  private static List<Failure> failures(List<StoredFailure> stored, int count) {
    requireOneOrAll("failures", stored.size(), count);
    return stored.stream().map(StoredValues::failureOf).toList();
  }

  private static byte[] bytes(ByteString stored) {
    return stored.isEmpty() ? NOTHING : stored.toByteArray();
  }

  private static void requireAll(String column, int entries, int tasks) {
    require(column, entries == tasks, entries, tasks);
  }

  private static void requireNoneOrAll(String column, int entries, int tasks) {
    require(column, entries == 0 || entries == tasks, entries, tasks);
  }

  private static void requireOneOrAll(String column, int entries, int tasks) {
    require(column, entries == 1 || entries == tasks, entries, tasks);
  }

  private static void require(String column, boolean fits, int entries, int expected) {
    if (!fits) {
      throw new UnreadableJournalException(
          "expected " + expected + " entries of " + column + ", got " + entries);
    }
  }
}
