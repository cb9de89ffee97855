package io.reeve.domain.task;

/**
 * A dead task was redriven: one event marks it and brings in the new task that repeats it, so no
 * crash comes between the two. The event has the whole new task. So a replay ends alike though the
 * dead task was forgotten meanwhile.
 *
 * @param sequence of the dead task
 * @param task the new task as it enters; it names the dead one
 * @param by who decided it
 */
public record Redriven(long sequence, Task.Queued task, String by, long atMs)
    implements Decision, PartitionEvent {

  /** The dead task after this event. */
  public Task.Dead applyTo(Task.Dead before) {
    return before.disposed(new Disposal(task.spec().sequence(), by, atMs));
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.redriven(this);
  }
}
