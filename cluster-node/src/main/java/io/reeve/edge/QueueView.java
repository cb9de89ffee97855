package io.reeve.edge;

import io.reeve.dispatch.Queues;
import io.reeve.domain.rules.QueueChange;
import java.util.concurrent.CompletionStage;

/**
 * Reads and sets the rules of queues, wherever the dispatcher is. Answers within a bound, and may
 * be asked by any thread. Fails with a TimeoutException while no dispatcher answers; whether a
 * change took effect is unknown then.
 */
public interface QueueView {

  CompletionStage<Queues.Answer> change(QueueChange change);

  /** One queue; of any name. */
  CompletionStage<Queues.Shown> queue(String name);

  /**
   * Queues that have settings or ready tasks, by name.
   *
   * @param after names greater than this only
   * @param max lines, at most
   */
  CompletionStage<Queues.Shown> queues(String after, int max);
}
