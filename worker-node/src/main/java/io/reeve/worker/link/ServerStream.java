package io.reeve.worker.link;

import io.grpc.Codec;
import io.grpc.DecompressorRegistry;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.reeve.v1.ServerMessage;
import io.reeve.v1.WorkerMessage;
import io.reeve.v1.WorkerServiceGrpc;
import io.reeve.worker.settings.Endpoint;
import io.reeve.worker.settings.LinkSettings;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code WorkerService.Connect} on a connection of its own. Written to by one thread,
 * its owner's; its listener is called by the connection's thread and must not block.
 */
final class ServerStream {

  /**
   * Told what happens on the stream.
   *
   * @param received each message of the server
   * @param writable the stream takes messages again
   * @param closed the end of the stream; comes once, after all others
   */
  record Listener(
      Consumer<ServerMessage> received, Runnable writable, Consumer<StreamEnd> closed) {}

  private final ManagedChannel channel;
  private @Nullable ClientCallStreamObserver<WorkerMessage> requests;
  private boolean done;

  private ServerStream(ManagedChannel channel) {
    this.channel = channel;
  }

  static ServerStream open(Endpoint endpoint, LinkSettings settings, Listener listener) {
    // A server compresses assignments for workers that offer to take them so, which costs the
    // server
    // more than half of its throughput: offer nothing.
    var plain = DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, false);
    var channel =
        NettyChannelBuilder.forTarget(endpoint.toString())
            .usePlaintext()
            .directExecutor()
            .disableRetry()
            .disableServiceConfigLookUp()
            .decompressorRegistry(plain)
            .maxInboundMessageSize(settings.messageMax())
            .withOption(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                (int) Math.max(1, settings.welcomeWithin().toMillis()))
            .build();
    var stream = new ServerStream(channel);
    WorkerServiceGrpc.newStub(channel).connect(stream.new Responses(listener));
    return stream;
  }

  /** Whether a message would leave soon, rather than pile up here. */
  boolean isReady() {
    return !done && requests != null && requests.isReady();
  }

  /** Sends a message, or drops it when the stream is over. */
  void send(WorkerMessage message) {
    if (!done && requests != null) {
      requests.onNext(message);
    }
  }

  /** Ends the worker's side of the stream; messages of the server still arrive. */
  void complete() {
    if (!done && requests != null) {
      done = true;
      requests.onCompleted();
      channel.shutdown();
    }
  }

  /** Ends the stream and its connection at once. */
  void cancel(String why) {
    done = true;
    if (requests != null) {
      requests.cancel(why, null);
    }
    channel.shutdownNow();
  }

  private final class Responses implements ClientResponseObserver<WorkerMessage, ServerMessage> {
    private final Listener listener;

    Responses(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WorkerMessage> toServer) {
      requests = toServer;
      toServer.setOnReadyHandler(listener.writable());
    }

    @Override
    public void onNext(ServerMessage message) {
      listener.received().accept(message);
    }

    @Override
    public void onError(Throwable failure) {
      channel.shutdownNow();
      listener.closed().accept(StreamEnd.of(failure));
    }

    @Override
    public void onCompleted() {
      channel.shutdownNow();
      listener.closed().accept(StreamEnd.ORDERLY);
    }
  }
}
