package io.reeve.edge.calls;

import io.reeve.domain.dispatch.ReadyTask;
import io.reeve.domain.dispatch.StreamExplanation;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.TaskState;
import io.reeve.edge.ClusterView;
import io.reeve.edge.EdgeSettings;
import io.reeve.partition.Clients;
import io.reeve.partition.Partitions;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.Scheduler;

/**
 * Tells why a task does not run. Asks the partition where the task stands, and if it is ready the
 * dispatcher what keeps it from starting. One of them that does not answer in time is itself the
 * answer.
 */
public final class ExplainCalls {

  private final Partitions partitions;
  private final ClusterView cluster;
  private final EdgeSettings.Asks asks;
  private final Scheduler scheduler;

  /** Questions that the dispatcher may still be asked. */
  private final Semaphore free;

  public ExplainCalls(
      Partitions partitions, ClusterView cluster, EdgeSettings.Asks asks, Scheduler scheduler) {
    this.partitions = partitions;
    this.cluster = cluster;
    this.asks = asks;
    this.scheduler = scheduler;
    this.free = new Semaphore(asks.explainsMax());
  }

  /** What keeps the task from starting just now, or what became of it. */
  public CompletionStage<Explanation> explain(Caller caller, String taskId) {
    var id = TaskCalls.taskId(taskId, partitions);
    return partitions
        .ask(id.partition(), to -> new Clients.Locate(id.sequence(), to), asks.locate(), scheduler)
        .thenCompose(
            reply -> {
              if (reply instanceof Clients.Refused refused) {
                if (isAway(refused.rejection().code())) {
                  return CompletableFuture.completedFuture(Explanation.away(id));
                }
                throw EdgeRefusal.of(refused.rejection());
              }
              return explain((Clients.Located) reply);
            })
        .exceptionallyCompose(
            failure ->
                EdgeRefusal.unwrap(failure) instanceof TimeoutException
                    ? CompletableFuture.completedFuture(Explanation.away(id))
                    : CompletableFuture.failedFuture(failure));
  }

  private CompletionStage<Explanation> explain(Clients.Located located) {
    return located.task().state() == TaskState.READY
        ? askDispatcher(
                new ReadyTask(
                    located.profile().taskClass(),
                    located.task().id().partition(),
                    located.place().ahead(),
                    located.task().submittedAtMs()))
            .thenApply(stream -> Explanation.of(located, stream.orElse(null)))
        : CompletableFuture.completedFuture(Explanation.of(located, null));
  }

  private CompletionStage<Optional<StreamExplanation>> askDispatcher(ReadyTask task) {
    if (!free.tryAcquire()) {
      throw new EdgeRefusal(
          Reason.OVERLOADED,
          "expected at most "
              + asks.explainsMax()
              + " explanations at the same time, got one more");
    }
    return cluster.explain(task, asks.explain()).whenComplete((stream, failure) -> free.release());
  }

  /** Whether a partition refuses so since it moves, or its journal failed it. */
  private static boolean isAway(Rejection.Code code) {
    return code == Rejection.Code.NOT_READY || code == Rejection.Code.OUTCOME_UNKNOWN;
  }
}
