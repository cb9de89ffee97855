package io.reeve.edge.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.edge.NodeHealth;
import io.reeve.edge.PlayedReadiness;
import io.reeve.grpc.health.v1.HealthCheckRequest;
import io.reeve.grpc.health.v1.HealthCheckResponse;
import io.reeve.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.reeve.v1.TaskService;
import io.reeve.v1.WorkerService;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.SinkQueueWithCancel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class HealthEdgeTest {

  private static final ActorTestKit KIT = ActorTestKit.create("health", EdgeFixture.config(""));
  private static final String NODE = "";

  private final PlayedReadiness readiness = new PlayedReadiness();
  private final NodeHealth node = new NodeHealth(readiness);
  private final HealthEdge health =
      new HealthEdge(HealthEdge.SERVICES, node, Duration.ofMillis(20));

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  @Test
  void aNodeThatDoesNotMeanToServeLivesAndServesNothing() {
    assertThat(status(HealthEdge.LIVE)).isEqualTo(ServingStatus.SERVING);
    for (var name : new String[] {NODE, TaskService.name, WorkerService.name}) {
      assertThat(status(name)).as(name).isEqualTo(ServingStatus.NOT_SERVING);
    }
  }

  @Test
  void withoutADispatcherTasksAreTakenAndWorkersAreNotServed() {
    node.serving(true);
    readiness.workers(false);

    assertThat(status(TaskService.name)).isEqualTo(ServingStatus.SERVING);
    assertThat(status(WorkerService.name)).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(status(NODE)).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(status(HealthEdge.LIVE)).isEqualTo(ServingStatus.SERVING);
  }

  @Test
  void withoutAStoreNothingIsServedButTheProcessLives() {
    node.serving(true);
    readiness.tasks(false);
    readiness.workers(false);

    assertThat(status(TaskService.name)).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(status(NODE)).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(status(HealthEdge.LIVE)).isEqualTo(ServingStatus.SERVING);
  }

  @Test
  void aWatchTellsEachChangeOnceAndEndsWithTheNode() throws Exception {
    node.serving(true);
    var watch = watch(TaskService.name);
    assertThat(next(watch)).isEqualTo(ServingStatus.SERVING);

    readiness.tasks(false);
    assertThat(next(watch)).isEqualTo(ServingStatus.NOT_SERVING);

    readiness.tasks(true);
    assertThat(next(watch)).isEqualTo(ServingStatus.SERVING);

    node.serving(false);
    assertThat(next(watch)).isEqualTo(ServingStatus.NOT_SERVING);
  }

  @Test
  void aWatchOfAnUnknownServiceIsToldSoAndGoesOn() throws Exception {
    var watch = watch("reeve.v1.Nonsense");

    assertThat(next(watch)).isEqualTo(ServingStatus.SERVICE_UNKNOWN);
    assertThat(watch.pull().toCompletableFuture()).isNotDone();
  }

  private ServingStatus status(String service) {
    return health.check(request(service)).toCompletableFuture().join().getStatus();
  }

  private SinkQueueWithCancel<HealthCheckResponse> watch(String service) {
    return health.watch(request(service)).runWith(Sink.queue(), KIT.system());
  }

  private static ServingStatus next(SinkQueueWithCancel<HealthCheckResponse> watch)
      throws Exception {
    return watch.pull().toCompletableFuture().get(5, TimeUnit.SECONDS).orElseThrow().getStatus();
  }

  private static HealthCheckRequest request(String service) {
    return HealthCheckRequest.newBuilder().setService(service).build();
  }
}
