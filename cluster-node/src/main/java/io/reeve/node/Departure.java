package io.reeve.node;

import io.reeve.edge.grpc.GrpcServer;
import io.reeve.edge.http.HttpServer;
import io.reeve.node.cluster.Elsewhere;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * What is done to a server when the node leaves, in the order of the phases: workers are told where
 * to go, no connection is taken, open calls end, and only then the HTTP server does, so that until
 * then whoever asks is told that the node leaves.
 */
record Departure(List<Step> steps) {

  /**
   * @param phase of the coordinated shutdown
   */
  private record Step(String phase, String name, Supplier<CompletionStage<Done>> task) {}

  /**
   * @param silence has the dispatcher speak to partitions no more
   */
  static Departure of(GrpcServer grpc, Elsewhere elsewhere, Runnable silence) {
    return new Departure(
        List.of(
            new Step(
                CoordinatedShutdown.PhaseBeforeServiceUnbind(),
                "tell-workers-to-leave",
                done(() -> grpc.leave("the node shuts down", elsewhere.endpoints()))),
            new Step(CoordinatedShutdown.PhaseServiceUnbind(), "unbind-grpc", grpc::unbind),
            new Step(
                CoordinatedShutdown.PhaseServiceRequestsDone(), "end-grpc-calls", grpc::terminate),
            new Step(
                CoordinatedShutdown.PhaseServiceStop(),
                "silence-partitions",
                done(
                    () -> {
                      grpc.stopSessions();
                      silence.run();
                    }))));
  }

  /**
   * @param within how long answers that are under way may take
   */
  static Departure of(HttpServer http, Duration within) {
    return new Departure(
        List.of(
            new Step(
                CoordinatedShutdown.PhaseServiceStop(), "end-http", () -> http.terminate(within))));
  }

  void addTo(ActorSystem<?> system) {
    var shutdown = CoordinatedShutdown.get(system);
    steps.forEach(step -> shutdown.addTask(step.phase(), step.name(), step.task()));
  }

  private static Supplier<CompletionStage<Done>> done(Runnable action) {
    return () -> {
      action.run();
      return CompletableFuture.completedFuture(Done.getInstance());
    };
  }
}
