package io.reeve.edge.grpc;

import io.reeve.edge.EdgeSettings;
import io.reeve.edge.calls.DeadLetterCalls;
import io.reeve.edge.calls.ExplainCalls;
import io.reeve.edge.calls.ScheduleCalls;
import io.reeve.edge.calls.TaskCalls;
import io.reeve.edge.grpc.schedule.ScheduleServiceEdge;
import io.reeve.edge.grpc.task.DeadLetterServiceEdge;
import io.reeve.edge.grpc.task.TaskServiceEdge;
import io.reeve.edge.grpc.task.TaskWatches;
import io.reeve.edge.v1.DeadLetterServiceView;
import io.reeve.edge.v1.TaskServiceView;
import io.reeve.v1.ClusterService;
import io.reeve.v1.ScheduleService;
import io.reeve.v1.WatchTaskRequest;
import java.time.Clock;
import java.util.function.Function;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/**
 * The services of clients that a node serves by gRPC. Every other edge calls the same ones, so that
 * none checks, refuses or answers in its own way.
 *
 * @param watch of one task; each element is an encoded WatchTaskResponse
 */
public record EdgeServices(
    TaskServiceView tasks,
    Function<WatchTaskRequest, Source<ByteString, NotUsed>> watch,
    DeadLetterServiceView deadLetters,
    ScheduleService schedules,
    ClusterService cluster) {

  static TaskServiceEdge tasks(
      ActorSystem<?> system,
      TaskWatches watches,
      EdgeSettings settings,
      GrpcServer.Backing backing,
      Clock clock) {
    return new TaskServiceEdge(
        new TaskCalls(backing.partitions(), backing.routing(), settings, system.scheduler()),
        new ExplainCalls(
            backing.partitions(), backing.cluster(), settings.asks(), system.scheduler()),
        watches,
        clock);
  }

  static EdgeServices of(
      ActorSystem<?> system,
      TaskServiceEdge tasks,
      EdgeSettings settings,
      GrpcServer.Backing backing,
      Clock clock) {
    return new EdgeServices(
        tasks,
        tasks::watchTask,
        new DeadLetterServiceEdge(
            new DeadLetterCalls(backing.partitions(), settings, system.scheduler(), clock)),
        new ScheduleServiceEdge(
            new ScheduleCalls(
                backing.partitions(), backing.routing(), settings, system.scheduler(), clock)),
        new ClusterServiceEdge(backing.cluster()));
  }
}
