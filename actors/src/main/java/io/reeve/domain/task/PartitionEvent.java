package io.reeve.domain.task;

/**
 * What a partition's journal tells, in order. A reader that has to know every kind of event
 * implements {@link Visitor}, {@link TaskEvent.Visitor} for those of one task, and {@link
 * ScheduleEvent.Visitor} for those of one schedule: a new kind does not compile until each reader
 * says what it does with it.
 */
public sealed interface PartitionEvent
    permits Submission,
        TaskEvent,
        Redriven,
        Discarded,
        UniqueTaken,
        UniqueMet,
        ScheduleEvent,
        HolderEnded,
        WriterStarted,
        RulesHeeded {

  /** Calls the method of the visitor that is for this kind of event. */
  <R> R accept(Visitor<R> visitor);

  /** One method for each kind of event. A visitor that has nothing to answer answers itself. */
  interface Visitor<R> {

    R submitted(Submission event);

    R changed(TaskEvent event);

    R redriven(Redriven event);

    R discarded(Discarded event);

    R uniqueTaken(UniqueTaken event);

    R uniqueMet(UniqueMet event);

    R scheduleChanged(ScheduleEvent event);

    R holderEnded(HolderEnded event);

    R writerStarted(WriterStarted event);

    R rulesHeeded(RulesHeeded event);
  }
}
