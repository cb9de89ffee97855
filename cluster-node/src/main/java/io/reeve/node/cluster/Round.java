package io.reeve.node.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Scheduler;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.japi.function.Function;

/**
 * One question to other nodes, and those on this node who wait for what is made of the answers. One
 * round at a time: who comes meanwhile gets its result. For one actor.
 *
 * @param <T> what a node answers
 * @param <R> what those who wait are told
 */
final class Round<T, R> {

  private final Function<ActorRef<T>, NodeRegistry.FromNode> question;
  private final List<ActorRef<R>> waiting = new ArrayList<>();
  private boolean goesOn;

  Round(Function<ActorRef<T>, NodeRegistry.FromNode> question) {
    this.question = question;
  }

  /** Is told the result of the round that goes on, or of the next one. */
  void await(ActorRef<R> asker) {
    waiting.add(asker);
  }

  /** Whether a round has to begin now, and notes that it does. */
  boolean begins() {
    var begins = !goesOn;
    goesOn = true;
    return begins;
  }

  /** What those say who answer in time; never fails. */
  CompletionStage<List<T>> ask(
      Collection<ActorRef<NodeRegistry.FromNode>> nodes, Duration within, Scheduler scheduler) {
    CompletionStage<List<T>> answers = CompletableFuture.completedFuture(List.of());
    for (var node : nodes) {
      answers = answers.thenCombine(answer(node, within, scheduler), Round::joined);
    }
    return answers;
  }

  private CompletionStage<List<T>> answer(
      ActorRef<NodeRegistry.FromNode> node, Duration within, Scheduler scheduler) {
    CompletionStage<T> answer = AskPattern.ask(node, question, within, scheduler);
    return answer.handle((said, silent) -> silent == null ? List.of(said) : List.of());
  }

  private static <T> List<T> joined(List<T> some, List<T> more) {
    var all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  /** The round is over: returns those who waited for it. */
  List<ActorRef<R>> end() {
    goesOn = false;
    var told = List.copyOf(waiting);
    waiting.clear();
    return told;
  }
}
