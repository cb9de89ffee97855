package io.reeve.node;

import io.reeve.dispatch.Dispatcher;
import io.reeve.edge.Readiness;
import io.reeve.node.cluster.TaskOwners;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.RecipientRef;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks store, cluster and dispatcher, each at most once in two seconds, however many ask, and logs
 * when the answer changes. Asks nothing while nobody asks.
 */
final class NodeReadiness implements Readiness {

  private static final Logger LOG = LoggerFactory.getLogger(NodeReadiness.class);

  private static final Duration FRESH = Duration.ofSeconds(2);
  private static final Duration WITHIN = Duration.ofSeconds(2);

  private final ActorSystem<?> system;
  private final Supplier<Optional<String>> storeProbe;
  private final RecipientRef<Dispatcher.Command> dispatcher;
  private final Executor blocking;
  private final Kept store;
  private final Kept dispatch;

  /** What was logged last; null: nothing yet. */
  private final AtomicReference<@Nullable Optional<String>> told = new AtomicReference<>();

  /** One that hangs holds one thread, however often it is asked for. */
  private CompletableFuture<Optional<String>> probing =
      CompletableFuture.completedFuture(Optional.empty());

  /**
   * @param storeProbe what keeps rows from being stored; may block
   * @param nanoTime monotonic
   */
  NodeReadiness(
      ActorSystem<?> system,
      Supplier<Optional<String>> storeProbe,
      RecipientRef<Dispatcher.Command> dispatcher,
      LongSupplier nanoTime) {
    this.system = system;
    this.storeProbe = storeProbe;
    this.dispatcher = dispatcher;
    this.blocking = system.dispatchers().lookup(DispatcherSelector.blocking());
    this.store = new Kept(this::askStore, nanoTime);
    this.dispatch = new Kept(this::askDispatcher, nanoTime);
  }

  @Override
  public CompletionStage<Optional<String>> tasks() {
    var cluster = Cluster.get(system);
    if (cluster.selfMember().status() != MemberStatus.up()) {
      return says("this node is not a member of its cluster");
    }
    if (TaskOwners.of(cluster).reachable() == 0) {
      return says("no owner of tasks is reachable");
    }
    return store.get();
  }

  @Override
  public CompletionStage<Optional<String>> workers() {
    return tasks()
        .thenCombine(dispatch.get(), (tasks, dispatching) -> tasks.or(() -> dispatching))
        .thenApply(this::tell);
  }

  private static CompletionStage<Optional<String>> says(String obstacle) {
    return CompletableFuture.completedFuture(Optional.of(obstacle));
  }

  /** Logs a change; a node that starts need not say that it is not ready yet. */
  private Optional<String> tell(Optional<String> obstacle) {
    var before = told.getAndSet(obstacle);
    if (obstacle.isPresent() && before != null && before.isEmpty()) {
      LOG.warn("not ready: {}", obstacle.get());
    } else if (obstacle.isEmpty() && before != null && before.isPresent()) {
      LOG.info("ready again");
    }
    return obstacle;
  }

  /** Called by one thread at a time. */
  private CompletionStage<Optional<String>> askStore() {
    if (probing.isDone()) {
      probing =
          CompletableFuture.supplyAsync(storeProbe, blocking)
              .exceptionally(failure -> Optional.of("the store cannot be asked: " + failure));
    }
    return probing
        .copy()
        .completeOnTimeout(
            Optional.of("the store did not answer within " + WITHIN.toSeconds() + " s"),
            WITHIN.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private CompletionStage<Optional<String>> askDispatcher() {
    CompletionStage<Dispatcher.EpochShown> answer =
        AskPattern.ask(dispatcher, Dispatcher.ShowEpoch::new, WITHIN, system.scheduler());
    return answer.handle(
        (shown, failure) ->
            shown != null && shown.epoch() > 0
                ? Optional.empty()
                : Optional.of("no dispatcher with an epoch answers"));
  }

  /** One answer that serves all who ask within two seconds. */
  private static final class Kept {

    private final Supplier<CompletionStage<Optional<String>>> question;
    private final LongSupplier nanoTime;
    private @Nullable CompletionStage<Optional<String>> answer;
    private long askedAt;

    Kept(Supplier<CompletionStage<Optional<String>>> question, LongSupplier nanoTime) {
      this.question = question;
      this.nanoTime = nanoTime;
    }

    synchronized CompletionStage<Optional<String>> get() {
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
