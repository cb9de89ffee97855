package io.reeve.edge;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Store and dispatcher as a test has them; at first both work. */
public final class PlayedReadiness implements Readiness {

  public volatile CompletionStage<Optional<String>> tasks =
      CompletableFuture.completedFuture(Optional.empty());
  public volatile CompletionStage<Optional<String>> workers =
      CompletableFuture.completedFuture(Optional.empty());

  public void tasks(boolean work) {
    tasks = CompletableFuture.completedFuture(found(work));
  }

  public void workers(boolean work) {
    workers = CompletableFuture.completedFuture(found(work));
  }

  private static Optional<String> found(boolean works) {
    return works ? Optional.empty() : Optional.of("as the test has it");
  }

  @Override
  public CompletionStage<Optional<String>> tasks() {
    return tasks;
  }

  @Override
  public CompletionStage<Optional<String>> workers() {
    return workers;
  }
}
