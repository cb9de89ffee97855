package io.reeve.client;

import io.grpc.ManagedChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One channel per endpoint, one of them in use.
 *
 * <p>All calls go to the endpoint in use until one fails there; then the next in the list is taken.
 * Channels connect when first used, so spare endpoints cost nothing.
 */
final class Endpoints {

  private final List<Endpoint> names;
  private final List<ManagedChannel> channels;
  private final AtomicInteger turn = new AtomicInteger();

  Endpoints(List<Endpoint> names, List<ManagedChannel> channels) {
    this.names = List.copyOf(names);
    this.channels = List.copyOf(channels);
  }

  /** Names the endpoint in use, for {@link #channel}, {@link #name} and {@link #moveOnFrom}. */
  int turn() {
    return turn.get();
  }

  ManagedChannel channel(int turn) {
    return channels.get(Math.floorMod(turn, channels.size()));
  }

  Endpoint name(int turn) {
    return names.get(Math.floorMod(turn, names.size()));
  }

  /**
   * Takes the next endpoint, unless another call that failed at the same one has done so already.
   */
  void moveOnFrom(int turn) {
    if (channels.size() > 1) {
      this.turn.compareAndSet(turn, turn + 1);
    }
  }

  /** Ends all connections; calls in progress are cut after {@code graceMillis}. */
  void close(long graceMillis) throws InterruptedException {
    channels.forEach(ManagedChannel::shutdown);
    var until = graceMillis;
    for (var channel : channels) {
      if (!channel.awaitTermination(until, TimeUnit.MILLISECONDS)) {
        channel.shutdownNow();
        until = 0;
      }
    }
  }
}
