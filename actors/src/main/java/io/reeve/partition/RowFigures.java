package io.reeve.partition;

import io.reeve.domain.partition.PartitionState;
import io.reeve.domain.task.Discarded;
import io.reeve.domain.task.FailureType;
import io.reeve.domain.task.HolderEnded;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Redriven;
import io.reeve.domain.task.RulesHeeded;
import io.reeve.domain.task.ScheduleEvent;
import io.reeve.domain.task.Submission;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskEvent;
import io.reeve.domain.task.UniqueMet;
import io.reeve.domain.task.UniqueTaken;
import io.reeve.domain.task.WriterStarted;
import io.reeve.partition.Figures.Count;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Adds up what the rows of one partition did. Tasks of a row are mostly of one class, so it adds
 * for as long as the class stays the same and hands over when it changes: a handful of additions
 * for each event, and the shared counters are touched a few times for each row.
 */
@SuppressWarnings("EnumOrdinal") // The place in an array that nobody stores.
final class RowFigures
    implements PartitionEvent.Visitor<RowFigures>, TaskEvent.Visitor<RowFigures> {

  private static final Count[] COUNTS = Count.values();

  private final Figures figures;
  private final PartitionState nothing;
  private final long[] added = new long[COUNTS.length];
  private PartitionState state;
  private Task task = Task.Absent.TASK;
  private @Nullable TaskClass current;
  private Figures.@Nullable OfClass ofCurrent;

  /**
   * @param nothing an empty state
   */
  RowFigures(Figures figures, PartitionState nothing) {
    this.figures = figures;
    this.nothing = nothing;
    this.state = nothing;
  }

  /**
   * These events are durable.
   *
   * @param after the state after them
   */
  void stored(PartitionState after, List<PartitionEvent> events, long nanos) {
    state = after;
    for (var event : events) {
      event.accept(this);
    }
    handOver();
    state = nothing;
    task = Task.Absent.TASK;
    figures.stored(events.size(), nanos);
  }

  // ---- Rows

  @Override
  public RowFigures submitted(Submission event) {
    for (var entered : event.tasks()) {
      add(entered, Count.SUBMITTED, 1);
    }
    return this;
  }

  @Override
  public RowFigures redriven(Redriven event) {
    return add(event.task(), Count.SUBMITTED, 1);
  }

  @Override
  public RowFigures scheduleChanged(ScheduleEvent event) {
    if (event instanceof ScheduleEvent.Fired fired && fired.plannedMs().length > 0) {
      // All of one template.
      add(state.get(fired.firstSequence()), Count.SUBMITTED, fired.plannedMs().length);
    }
    return this;
  }

  @Override
  public RowFigures changed(TaskEvent event) {
    task = state.get(event.sequence());
    return event.acceptKind(this);
  }

  @Override
  public RowFigures discarded(Discarded event) {
    return this;
  }

  /** Behind the event that brings the task in. */
  @Override
  public RowFigures uniqueTaken(UniqueTaken event) {
    return this;
  }

  @Override
  public RowFigures uniqueMet(UniqueMet event) {
    return this;
  }

  @Override
  public RowFigures holderEnded(HolderEnded event) {
    return this;
  }

  @Override
  public RowFigures writerStarted(WriterStarted event) {
    return this;
  }

  @Override
  public RowFigures rulesHeeded(RulesHeeded event) {
    return this;
  }

  // ---- Events of a task

  @Override
  public RowFigures leased(TaskEvent.Leased event) {
    add(task, Count.STARTED, 1);
    if (task != Task.Absent.TASK) {
      ofCurrent().waits.addMillis(event.atMs() - task.dueAtMs());
    }
    return this;
  }

  @Override
  public RowFigures completed(TaskEvent.Completed event) {
    add(task, Count.COMPLETED, 1);
    // A task that the bounds pushed out in the row of its end has no times any more.
    if (task != Task.Absent.TASK) {
      ofCurrent().runs.addMillis(event.atMs() - task.past().leasedAtMs());
    }
    return this;
  }

  @Override
  public RowFigures attemptFailed(TaskEvent.AttemptFailed event) {
    add(task, Count.RETRIED, 1);
    return add(task, failed(event.failure().type()), 1);
  }

  @Override
  public RowFigures lost(TaskEvent.Lost event) {
    add(task, Count.RETRIED, 1);
    return add(task, failed(event.failure().type()), 1);
  }

  @Override
  public RowFigures died(TaskEvent.Died event) {
    add(task, Count.DIED, 1);
    return add(task, failed(event.failure().type()), 1);
  }

  @Override
  public RowFigures released(TaskEvent.Released event) {
    return add(task, Count.RELEASED, 1);
  }

  @Override
  public RowFigures cancelled(TaskEvent.Cancelled event) {
    return add(task, Count.CANCELLED, 1);
  }

  @Override
  public RowFigures expired(TaskEvent.Expired event) {
    return add(task, Count.EXPIRED, 1);
  }

  private static Count failed(FailureType type) {
    return switch (type) {
      case ERROR -> Count.FAILED_ERROR;
      case TIMED_OUT -> Count.FAILED_TIMED_OUT;
      // A task is poison because its workers were lost.
      case WORKER_LOST, POISON -> Count.FAILED_WORKER_LOST;
      case REJECTED -> Count.FAILED_REJECTED;
    };
  }

  // ---- Adding

  /** A task that the bounds pushed out by the same row has no class any more. */
  private RowFigures add(Task of, Count count, int by) {
    var taskClass = of instanceof Task.Absent ? null : of.spec().profile().taskClass();
    if (!Objects.equals(taskClass, current)) {
      handOver();
      current = taskClass;
      ofCurrent = null;
    }
    added[count.ordinal()] += by;
    return this;
  }

  private Figures.OfClass ofCurrent() {
    var known = ofCurrent;
    if (known == null) {
      known = current == null ? figures.others() : figures.of(current);
      ofCurrent = known;
    }
    return known;
  }

  private void handOver() {
    for (var count : COUNTS) {
      var by = added[count.ordinal()];
      if (by != 0) {
        ofCurrent().add(count, by);
        added[count.ordinal()] = 0;
      }
    }
  }
}
