package io.reeve.edge;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * How a node is: whether it means to serve, and whether what it stands on works just now. All edges
 * of a node have the same one, so that none says otherwise than another.
 *
 * <p>Any thread may ask, as often as anybody likes. Nothing is probed unless somebody asks.
 */
public final class NodeHealth {

  private static final CompletionStage<Boolean> NO = CompletableFuture.completedFuture(false);

  private final Readiness readiness;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile boolean serving;

  /** Of a node that does not mean to serve yet. */
  public NodeHealth(Readiness readiness) {
    this.readiness = readiness;
  }

  /**
   * How the node was found to be.
   *
   * @param serving whether it means to serve: it has started, and does not leave
   * @param tasks whether it can take tasks in
   * @param workers whether workers get tasks from it
   * @param reason what is amiss, for people; empty: nothing
   */
  public record Found(boolean serving, boolean tasks, boolean workers, String reason) {

    /** Whether it does all that a node is there for. */
    public boolean ready() {
      return serving && tasks && workers;
    }
  }

  /** Says from now on that the node means to serve, or that it does not. */
  public void serving(boolean now) {
    serving = now;
    listeners.forEach(Runnable::run);
  }

  /** Has {@code listener} run whenever the node begins or ceases to mean to serve. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  public boolean serving() {
    return serving;
  }

  /** Whether the node means to serve and can take tasks in; answered within a bound. */
  public CompletionStage<Boolean> tasks() {
    return serving ? readiness.tasks().thenApply(Optional::isEmpty) : NO;
  }

  /** Whether the node does all that it is there for; answered within a bound. */
  public CompletionStage<Boolean> ready() {
    return serving ? readiness.workers().thenApply(Optional::isEmpty) : NO;
  }

  /** Looks at everything, also when the node does not mean to serve; answered within a bound. */
  public CompletionStage<Found> look() {
    return readiness
        .tasks()
        .thenCombine(readiness.workers(), (tasks, workers) -> found(serving, tasks, workers));
  }

  private static Found found(boolean serving, Optional<String> tasks, Optional<String> workers) {
    var reason = tasks.or(() -> workers).orElse(serving ? "" : "the node is starting or leaving");
    return new Found(serving, tasks.isEmpty(), workers.isEmpty(), reason);
  }
}
