package io.reeve.edge.bounds;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.RemoteAddress;
import org.apache.pekko.stream.javadsl.Flow;
import org.apache.pekko.stream.scaladsl.Tcp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts the connections of one port, and always has a place for the next one: when all places are
 * taken, the connection that has been idle for longest is closed, and before any other one that has
 * had the time for its first call and made none. A connection with a call is never closed for
 * another; when all have one, the new connection is refused at once.
 *
 * <p>It also keeps a reserve of file descriptors, because the store needs some whatever callers do.
 */
public final class Door {

  private static final Logger LOG = LoggerFactory.getLogger(Door.class);

  private final Settings settings;
  private final Room room;
  private final Descriptors descriptors;
  private final LongSupplier nanoTime;
  private final int connectionsMax;
  private final Map<InetSocketAddress, Connection> open = new ConcurrentHashMap<>();

  /**
   * The bounds of a door.
   *
   * @param name of the port, for people
   * @param connectionsMax at once
   * @param descriptorsReserve file descriptors that connections leave for everything else
   * @param callWithin how soon a call must have come, headers and all
   * @param everyCall whether that counts for every call, from its first byte; else only for the
   *     first call of a connection
   */
  public record Settings(
      String name,
      int connectionsMax,
      int descriptorsReserve,
      Duration callWithin,
      boolean everyCall) {}

  /**
   * @param room from which each connection has its part
   * @param nanoTime monotonic
   */
  public Door(Settings settings, Room room, Descriptors descriptors, LongSupplier nanoTime) {
    this.settings = settings;
    this.room = room;
    this.descriptors = descriptors;
    this.nanoTime = nanoTime;
    var affordable = Math.max(1, descriptors.left() - settings.descriptorsReserve());
    this.connectionsMax = (int) Math.min(settings.connectionsMax(), affordable);
    if (connectionsMax < settings.connectionsMax()) {
      LOG.warn(
          "the limit of file descriptors leaves {} connections for {}, and {} are allowed by the"
              + " settings: raise the limit (ulimit -n, LimitNOFILE)",
          connectionsMax,
          settings.name(),
          settings.connectionsMax());
    }
  }

  /** Connections at once. */
  public int connectionsMax() {
    return connectionsMax;
  }

  /** Connections that are open. */
  public int connections() {
    return open.size();
  }

  /** The connection that a request came by. */
  public Connection connection(HttpRequest request) {
    var found =
        request
            .getAttribute(AttributeKeys.remoteAddress)
            .flatMap(Door::socketAddress)
            .map(open::get);
    // A request may be handled after its connection has ended; its bytes count all the same.
    return found.orElseGet(() -> unknown(new InetSocketAddress(0)));
  }

  private Connection unknown(InetSocketAddress remote) {
    return new Connection(remote, room.share(), nanoTime);
  }

  private static Optional<InetSocketAddress> socketAddress(RemoteAddress address) {
    return address.getAddress().map(ip -> new InetSocketAddress(ip, address.getPort()));
  }

  /** Stands between the socket and the HTTP server. */
  Flow<Tcp.IncomingConnection, Tcp.IncomingConnection, NotUsed> flow() {
    return Flow.fromGraph(new DoorStage(this));
  }

  /** Whether one more connection may be asked for, or the process is short of descriptors. */
  boolean mayAccept() {
    return descriptors.left() > settings.descriptorsReserve() / 2;
  }

  /** A place for a new connection, or null when none can be made. */
  @org.jspecify.annotations.Nullable
  Connection enter(InetSocketAddress remote) {
    var isShort = descriptors.left() < settings.descriptorsReserve();
    if ((open.size() >= connectionsMax || isShort) && !evictIdle()) {
      LOG.warn(
          "a connection from {} is refused: {} of {} connections of {} are open, each with a call",
          remote,
          open.size(),
          connectionsMax,
          settings.name());
      return null;
    }
    var connection = unknown(remote);
    open.put(remote, connection);
    return connection;
  }

  void left(Connection connection) {
    open.remove(connection.remote(), connection);
    // Whatever an answer held that nobody will read.
    connection.share().close();
  }

  Settings settings() {
    return settings;
  }

  private boolean evictIdle() {
    var idle =
        open.values().stream()
            .filter(Connection::isIdle)
            .max(Comparator.comparing(this::isSilent).thenComparingLong(Connection::idleNanos));
    idle.ifPresent(
        connection -> {
          open.remove(connection.remote(), connection);
          connection.close();
        });
    return idle.isPresent();
  }

  /** One that was just accepted is not: else newcomers would push each other out. */
  private boolean isSilent(Connection connection) {
    return connection.calls() == 0 && connection.idleNanos() >= settings.callWithin().toNanos();
  }
}
