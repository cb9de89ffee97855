package io.reeve.edge.grpc;

import io.reeve.dispatch.Queues;
import io.reeve.domain.rules.QueueChange;
import io.reeve.edge.QueueView;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Answers as a test says, and remembers what was asked; without an answer it times out. */
final class PlayedQueues implements QueueView {

  final Queue<QueueChange> changes = new ConcurrentLinkedQueue<>();
  final Queue<List<Object>> asked = new ConcurrentLinkedQueue<>();
  volatile Queues.@Nullable Answer answer;
  volatile Queues.@Nullable Shown shown;

  @Override
  public CompletionStage<Queues.Answer> change(QueueChange change) {
    changes.add(change);
    return answered(answer);
  }

  @Override
  public CompletionStage<Queues.Shown> queue(String name) {
    asked.add(List.of(name));
    return answered(shown);
  }

  @Override
  public CompletionStage<Queues.Shown> queues(String after, int max) {
    asked.add(List.of(after, max));
    return answered(shown);
  }

  private static <T> CompletionStage<T> answered(@Nullable T answer) {
    return answer == null
        ? CompletableFuture.failedFuture(new TimeoutException("played"))
        : CompletableFuture.completedFuture(answer);
  }
}
