package io.reeve.domain.task;

/**
 * A person decided that nothing follows the death of a task. It is no open dead letter any more.
 *
 * @param sequence of the dead task
 * @param by who decided it
 */
public record Discarded(long sequence, String by, long atMs) implements Decision, PartitionEvent {

  /** The dead task after this event. */
  public Task.Dead applyTo(Task.Dead before) {
    return before.disposed(new Disposal(0, by, atMs));
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.discarded(this);
  }
}
