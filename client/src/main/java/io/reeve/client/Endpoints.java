package io.reeve.client;

import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * One channel per endpoint, one of them in use.
 *
 * <p>All calls go to the endpoint in use until one fails there; then the next in the list is taken.
 * Channels connect when first used, so spare endpoints cost nothing.
 */
final class Endpoints {

  private final List<Endpoint> names;
  private final List<ManagedChannel> channels;
  private final Duration reconnectInterval;
  private final LongSupplier nanoTime;
  private final AtomicInteger turn = new AtomicInteger();
  private final AtomicLong reconnectedAt;

  /**
   * @param reconnectInterval between two connections that {@link #reconnect} asks for, at least
   */
  Endpoints(
      List<Endpoint> names,
      List<ManagedChannel> channels,
      Duration reconnectInterval,
      LongSupplier nanoTime) {
    this.names = List.copyOf(names);
    this.channels = List.copyOf(channels);
    this.reconnectInterval = reconnectInterval;
    this.nanoTime = nanoTime;
    this.reconnectedAt = new AtomicLong(nanoTime.getAsLong());
  }

  /**
   * Lets a channel that lost its server connect at once. By itself it waits longer after each
   * failure, up to two minutes, and fails every call meanwhile; but a call that is tried again has
   * waited already.
   */
  void reconnect(int turn) {
    var now = nanoTime.getAsLong();
    var last = reconnectedAt.get();
    if (now - last >= reconnectInterval.toNanos() && reconnectedAt.compareAndSet(last, now)) {
      channel(turn).resetConnectBackoff();
    }
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
