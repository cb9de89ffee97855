package io.reeve.simulation;

import io.reeve.check.Checker;
import io.reeve.check.Fact;
import io.reeve.dispatch.Queues;
import io.reeve.domain.rules.LanePreference;
import io.reeve.domain.rules.QueueChange;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;

/** Somebody who sets rules for queues, and repeats what got no answer when it matters. */
final class SimOperator {

  private static final long MS = 1_000_000;
  private static final long AGAIN = 1_500 * MS;
  private static final List<String> QUEUES = List.of("a", "b");

  private final World world;
  private final Cluster cluster;
  private final Checker checker;
  private long calls;

  SimOperator(World world, Cluster cluster, Checker checker) {
    this.world = world;
    this.cluster = cluster;
    this.checker = checker;
  }

  /** Sets some rule, made from this seed. */
  void set(Host node, long seed) {
    var random = new SplittableRandom(seed);
    var queue = QUEUES.get(random.nextInt(QUEUES.size()));
    var change =
        switch (random.nextInt(5)) {
          case 0, 1 -> new QueueChange.PauseUntil(queue, 0, "o", "chance");
          case 2 ->
              new QueueChange.PauseUntil(
                  queue, world.now(node).wallMs() + 1 + random.nextInt(3_000), "o", "a while");
          case 3 -> new QueueChange.Resume(queue, "o", "chance");
          default ->
              new QueueChange.Configure(
                  queue,
                  1 + random.nextInt(5),
                  lanes(random),
                  QueueChange.ANY_VERSION,
                  "o",
                  "chance");
        };
    if (change instanceof QueueChange.PauseUntil pause && pause.untilMs() == 0) {
      pause(node, pause);
    } else {
      ask(node, change, answer -> {});
    }
  }

  private void pause(Host node, QueueChange.PauseUntil pause) {
    var call = ++calls;
    checker.add(new Fact.PauseCalled(call, pause.queue()));
    ask(
        node,
        pause,
        answer -> {
          if (answer instanceof Queues.Changed changed && changed.owing().isEmpty()) {
            checker.add(new Fact.PauseAnswered(call));
          }
        });
  }

  private static LanePreference lanes(SplittableRandom random) {
    return switch (random.nextInt(3)) {
      case 0 -> LanePreference.STRICT;
      case 1 -> LanePreference.ALTERNATE;
      default -> LanePreference.weighted(1 + random.nextInt(5), 1 + random.nextInt(5));
    };
  }

  /** Resumes every queue for good. */
  void resumeAll(Host node) {
    QUEUES.forEach(queue -> resume(node, queue));
  }

  private void resume(Host node, String queue) {
    var done = new boolean[1];
    ask(
        node,
        new QueueChange.Resume(queue, "o", "the end"),
        answer -> done[0] = answer instanceof Queues.Changed);
    world.in(
        AGAIN,
        () -> {
          if (!done[0]) {
            resume(node, queue);
          }
        });
  }

  private void ask(Host node, QueueChange change, Consumer<Queues.Answer> answer) {
    cluster.ask(
        node,
        (ActorRef<Queues.Answer> replyTo) ->
            cluster.toDispatcher(node, new Queues.Change(change, replyTo)),
        answer);
  }
}
