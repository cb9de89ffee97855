package io.reeve.node;

import com.typesafe.config.Config;
import io.reeve.edge.grpc.GrpcServer;
import io.reeve.edge.http.HttpServer;
import io.reeve.node.store.StoreException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * One running node: the actor system with everything in it.
 *
 * <p>It stops in steps: workers are told to go elsewhere and no connection is taken any more, open
 * calls end within a bound and the HTTP server after them, partitions and dispatcher are handed
 * over or stopped, the node leaves the cluster. Whatever was acknowledged is in the journal before
 * any of that.
 */
final class Node {

  private final ActorSystem<NodeGuardian.Command> system;
  private final Servers servers;
  private final NodeSettings settings;

  private Node(ActorSystem<NodeGuardian.Command> system, Servers servers, NodeSettings settings) {
    this.system = system;
    this.servers = servers;
    this.settings = settings;
  }

  /**
   * What others reach a node by.
   *
   * @param http empty where the settings want none
   */
  record Servers(GrpcServer grpc, Optional<HttpServer> http) {}

  /** Why a stop began. */
  enum Stop implements CoordinatedShutdown.Reason {
    ASKED,
    START_FAILED,
    PART_FAILED,
    /** What is acknowledged would be lost. */
    STORE_BROKEN
  }

  /** The start did not come to its end; everything it began was taken back. */
  static final class StartFailed extends Exception {
    private static final long serialVersionUID = 1;
    private final boolean misconfigured;

    StartFailed(String message, boolean misconfigured, Throwable cause) {
      super(message, cause);
      this.misconfigured = misconfigured;
    }

    /** Whether starting again is vain until a person has changed a setting. */
    boolean misconfigured() {
      return misconfigured;
    }
  }

  /**
   * Starts a node and returns once it serves.
   *
   * @throws StoreException when the store broke meanwhile
   */
  static Node start(Config config, NodeSettings settings, Parts parts, String version)
      throws StartFailed, InterruptedException {
    var ready = new CompletableFuture<Servers>();
    var system =
        ActorSystem.create(NodeGuardian.create(settings, parts, version, ready), "reeve", config);
    // A guardian that fails to set up takes the system down without a word to us.
    system
        .getWhenTerminated()
        .thenRun(() -> ready.completeExceptionally(new IllegalStateException("the node stopped")));
    parts.storeBroken().thenAccept(ready::completeExceptionally);
    var heapTooSmall = parts.heapTooSmall().toCompletableFuture();
    parts
        .heapTooSmall()
        .thenAccept(words -> ready.completeExceptionally(new IllegalStateException(words)));
    try {
      var servers = ready.get(settings.readyWithin().toMillis(), TimeUnit.MILLISECONDS);
      parts.storeBroken().thenRun(() -> stop(system, Stop.STORE_BROKEN));
      return new Node(system, servers, settings);
    } catch (ExecutionException | TimeoutException e) {
      stop(system, Stop.START_FAILED);
      awaitEnd(system, settings.stopWithin());
      if (e.getCause() instanceof StoreException broken) {
        throw broken;
      }
      if (heapTooSmall.isDone()) {
        throw new StartFailed(heapTooSmall.join(), true, e);
      }
      if (refusedByCluster(system)) {
        throw new StartFailed(otherPartitions(parts.partitionCount()), true, e);
      }
      throw new StartFailed(message(e, settings), false, e);
    }
  }

  /** Where the gRPC server listens. */
  InetSocketAddress grpc() {
    return servers.grpc().address();
  }

  /** Where the HTTP server listens; empty: there is none. */
  Optional<InetSocketAddress> http() {
    return servers.http().map(HttpServer::address);
  }

  /** Begins to stop; again and again has the effect of once. */
  CompletionStage<Done> stop() {
    return stop(system, Stop.ASKED);
  }

  /** Waits until the node has stopped, for whatever cause. */
  void awaitEnd() throws InterruptedException {
    try {
      system.getWhenTerminated().toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of an actor system does not fail", e);
    }
  }

  /** Waits until the node has stopped, within its bound for that; false when it did not. */
  boolean awaitStopped() throws InterruptedException {
    return awaitEnd(system, settings.stopWithin());
  }

  /** Whether the stop was asked for, not the cluster's decision to put the node down. */
  boolean stoppedAsAsked() {
    return CoordinatedShutdown.get(system)
        .getShutdownReason()
        .filter(Stop.ASKED::equals)
        .isPresent();
  }

  private static CompletionStage<Done> stop(ActorSystem<?> system, Stop reason) {
    return CoordinatedShutdown.get(system).runAll(reason);
  }

  private static boolean awaitEnd(ActorSystem<?> system, Duration within)
      throws InterruptedException {
    try {
      system
          .getWhenTerminated()
          .toCompletableFuture()
          .get(within.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of an actor system does not fail", e);
    }
  }

  /** The number of partitions is all that has to be the same and can differ. */
  private static boolean refusedByCluster(ActorSystem<?> system) {
    return CoordinatedShutdown.get(system)
        .getShutdownReason()
        .filter(CoordinatedShutdown.incompatibleConfigurationDetectedReason()::equals)
        .isPresent();
  }

  private static String otherPartitions(int count) {
    return "reeve.partition.count: expected the number that the running nodes have, got "
        + count
        + "; to have more partitions, stop all nodes, then start them with the new number; to join"
        + " these, leave the setting out";
  }

  private static String message(Exception failure, NodeSettings settings) {
    if (failure instanceof TimeoutException) {
      return "expected every partition to answer within reeve.node.ready-within ("
          + settings.readyWithin().toSeconds()
          + " s), waited in vain";
    }
    var cause = failure.getCause();
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return "the node could not start: " + (cause == null ? failure : cause.getMessage());
  }
}
