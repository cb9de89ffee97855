package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.typesafe.config.ConfigFactory;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.reeve.v1.SubmitTasksRequest;
import io.reeve.v1.TaskServiceGrpc;
import io.reeve.v1.TaskSpec;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A whole node on a directory, in this process, and a connection to it. */
final class RunningNode implements AutoCloseable {

  private final Parts parts;
  private final Node node;
  private final ManagedChannel channel;

  RunningNode(Path directory) throws Exception {
    this(directory, Map.of());
  }

  RunningNode(Path directory, Map<String, Object> settings) throws Exception {
    this(config(directory, settings));
  }

  RunningNode(NodeConfig config) throws Exception {
    parts = ProductionParts.open(config.all(), senses());
    node =
        Node.start(
            config.with(parts.pekkoConfig()), NodeSettings.from(config.all()), parts, "1.2.3");
    channel = NettyChannelBuilder.forAddress(node.grpc()).usePlaintext().build();
  }

  private static NodeConfig config(Path directory, Map<String, Object> settings) {
    var all = new HashMap<>(settings);
    all.put("reeve.store.directory", directory.toString());
    all.put("reeve.grpc.port", 0);
    return NodeConfig.load(null, Map.of(), ConfigFactory.parseMap(all));
  }

  static ProductionParts.Senses senses() {
    return new ProductionParts.Senses(Clock.systemUTC(), System::nanoTime, new SecureRandom());
  }

  InetSocketAddress http() {
    return node.http().orElseThrow();
  }

  ManagedChannel channel() {
    return channel;
  }

  TaskServiceGrpc.TaskServiceBlockingStub tasks() {
    return TaskServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  /** Submits one task that nobody takes; returns its id. */
  String submit(String requestId) {
    return tasks().submitTasks(submission(requestId)).getTaskIds(0);
  }

  static SubmitTasksRequest submission(String requestId) {
    return SubmitTasksRequest.newBuilder()
        .setRequestId(requestId)
        .addTasks(
            TaskSpec.newBuilder()
                .setKind("echo")
                .setPayload(ByteString.copyFromUtf8("payload of " + requestId)))
        .build();
  }

  @Override
  public void close() {
    node.stop();
    try {
      assertThat(node.awaitStopped()).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the node stopped", e);
    }
    channel.shutdownNow();
    parts.close();
  }
}
