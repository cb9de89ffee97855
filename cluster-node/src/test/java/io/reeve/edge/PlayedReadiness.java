package io.reeve.edge;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Store and dispatcher as a test has them; at first both work. */
public final class PlayedReadiness implements Readiness {

  public volatile CompletionStage<Boolean> tasks = CompletableFuture.completedFuture(true);
  public volatile CompletionStage<Boolean> workers = CompletableFuture.completedFuture(true);

  public void tasks(boolean work) {
    tasks = CompletableFuture.completedFuture(work);
  }

  public void workers(boolean work) {
    workers = CompletableFuture.completedFuture(work);
  }

  @Override
  public CompletionStage<Boolean> tasks() {
    return tasks;
  }

  @Override
  public CompletionStage<Boolean> workers() {
    return workers;
  }
}
