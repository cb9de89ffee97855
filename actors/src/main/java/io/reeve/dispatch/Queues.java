package io.reeve.dispatch;

import io.reeve.domain.rules.QueueChange;
import io.reeve.domain.rules.QueueDecision;
import io.reeve.domain.rules.QueueRule;
import io.reeve.partition.Wire;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

/** What the dispatcher is asked about queues and their rules, and what it answers. */
public final class Queues {

  private Queues() {}

  // ---- Questions

  public sealed interface Call extends Dispatcher.Command {}

  /**
   * Changes the rules of a queue. Answered by {@link Changed} or {@link Refused}; when every
   * partition heeds the change, or after a bounded time.
   */
  public record Change(QueueChange change, ActorRef<Answer> replyTo) implements Call {}

  /** Asks for one queue. Answered by {@link Shown} with that queue. */
  public record Show(String queue, ActorRef<Shown> replyTo) implements Call {}

  /**
   * Asks for the queues that have settings or ready tasks, by name.
   *
   * @param after names greater than this only
   * @param max lines, at most
   */
  public record ShowAll(String after, int max, ActorRef<Shown> replyTo) implements Call {}

  // ---- Answers

  public sealed interface Answer extends Wire {}

  /**
   * The rules are as wanted.
   *
   * @param owing partitions that do not heed them yet, since they do not answer
   */
  public record Changed(Line queue, List<Integer> owing) implements Answer {}

  /** Nothing changed; or, with NO_DISPATCHER, it is not known. */
  public record Refused(QueueDecision.Code code, String message) implements Answer {}

  /**
   * @param epoch 0: no dispatcher works yet, and nothing is known
   * @param more whether more queues follow
   */
  public record Shown(long epoch, List<Line> queues, boolean more) implements Wire {

    public static final Shown NOTHING = new Shown(0, List.of(), false);
  }

  /**
   * One queue.
   *
   * @param rule without a pause that is over
   * @param readyUrgent tasks of the urgent lane that could start now, as partitions told
   * @param readyNormal alike
   */
  public record Line(String queue, QueueRule rule, long readyUrgent, long readyNormal) {}
}
