package io.reeve.domain.dispatch;

import io.reeve.domain.task.Lane;

/** Ready tasks of one queue by lane, for readers. */
public record ReadyOfQueue(long urgent, long normal) {

  public static final ReadyOfQueue NONE = new ReadyOfQueue(0, 0);

  ReadyOfQueue plus(ReadyClass ready) {
    var more = ready.readyTotal();
    return ready.taskClass.lane() == Lane.URGENT
        ? new ReadyOfQueue(urgent + more, normal)
        : new ReadyOfQueue(urgent, normal + more);
  }
}
