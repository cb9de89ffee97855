package io.reeve.node;

import io.reeve.dispatch.Dispatcher;
import io.reeve.edge.Readiness;
import io.reeve.node.cluster.TaskOwners;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.RecipientRef;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.jspecify.annotations.Nullable;

/** Asks store, cluster and dispatcher, each at most once a second, however many ask. */
final class NodeReadiness implements Readiness {

  private static final Duration FRESH = Duration.ofSeconds(1);
  private static final Duration WITHIN = Duration.ofSeconds(2);

  private final ActorSystem<?> system;
  private final BooleanSupplier storeAnswers;
  private final RecipientRef<Dispatcher.Command> dispatcher;
  private final Executor blocking;
  private final Kept store;
  private final Kept dispatch;

  /**
   * @param storeAnswers may block
   * @param nanoTime monotonic
   */
  NodeReadiness(
      ActorSystem<?> system,
      BooleanSupplier storeAnswers,
      RecipientRef<Dispatcher.Command> dispatcher,
      LongSupplier nanoTime) {
    this.system = system;
    this.storeAnswers = storeAnswers;
    this.dispatcher = dispatcher;
    this.blocking = system.dispatchers().lookup(DispatcherSelector.blocking());
    this.store = new Kept(this::askStore, nanoTime);
    this.dispatch = new Kept(this::askDispatcher, nanoTime);
  }

  @Override
  public CompletionStage<Boolean> tasks() {
    var cluster = Cluster.get(system);
    return cluster.selfMember().status() == MemberStatus.up()
            && TaskOwners.of(cluster).reachable() > 0
        ? store.get()
        : CompletableFuture.completedFuture(false);
  }

  @Override
  public CompletionStage<Boolean> workers() {
    return tasks().thenCombine(dispatch.get(), Boolean::logicalAnd);
  }

  private CompletionStage<Boolean> askStore() {
    return CompletableFuture.supplyAsync(storeAnswers::getAsBoolean, blocking)
        .completeOnTimeout(false, WITHIN.toMillis(), TimeUnit.MILLISECONDS);
  }

  private CompletionStage<Boolean> askDispatcher() {
    CompletionStage<Dispatcher.EpochShown> answer =
        AskPattern.ask(dispatcher, Dispatcher.ShowEpoch::new, WITHIN, system.scheduler());
    return answer.handle((shown, failure) -> shown != null && shown.epoch() > 0);
  }

  /** One answer that serves all who ask within a second. */
  private static final class Kept {

    private final Supplier<CompletionStage<Boolean>> question;
    private final LongSupplier nanoTime;
    private @Nullable CompletionStage<Boolean> answer;
    private long askedAt;

    Kept(Supplier<CompletionStage<Boolean>> question, LongSupplier nanoTime) {
      this.question = question;
      this.nanoTime = nanoTime;
    }

    synchronized CompletionStage<Boolean> get() {
      var now = nanoTime.getAsLong();
      var kept = answer;
      if (kept == null || now - askedAt > FRESH.toNanos()) {
        kept = question.get();
        answer = kept;
        askedAt = now;
      }
      return kept;
    }
  }
}
