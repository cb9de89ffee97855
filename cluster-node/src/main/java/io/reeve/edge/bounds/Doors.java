package io.reeve.edge.bounds;

import java.util.function.Supplier;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.http.impl.engine.http2.TelemetrySpi;
import org.apache.pekko.http.scaladsl.model.HttpRequest;
import org.apache.pekko.http.scaladsl.model.HttpResponse;
import org.apache.pekko.stream.scaladsl.BidiFlow;
import org.apache.pekko.stream.scaladsl.Flow;
import org.apache.pekko.stream.scaladsl.Tcp;
import org.jspecify.annotations.Nullable;

/**
 * Puts a {@link Door} in front of an HTTP server. The library lets nobody see its connections but
 * this interface for telemetry, which it finds by the setting {@code
 * pekko.http.http2-telemetry-class}.
 */
public final class Doors implements TelemetrySpi {

  /** The door of the server that the current thread is about to bind. */
  private static final ThreadLocal<@Nullable Door> BINDING = new ThreadLocal<>();

  /**
   * @param system which the library hands over
   */
  public Doors(ActorSystem system) {}

  /** Runs {@code bind}, and has the server that it binds stand behind {@code door}. */
  public static <T> T behind(Door door, Supplier<T> bind) {
    BINDING.set(door);
    try {
      return bind.get();
    } finally {
      BINDING.remove();
    }
  }

  @Override
  public Flow<Tcp.IncomingConnection, Tcp.IncomingConnection, NotUsed> serverBinding() {
    var door = BINDING.get();
    return door == null ? Flow.apply() : door.flow().asScala();
  }

  @Override
  public BidiFlow<HttpResponse, HttpResponse, HttpRequest, HttpRequest, NotUsed>
      serverConnection() {
    return BidiFlow.identity();
  }

  @Override
  public BidiFlow<HttpRequest, HttpRequest, HttpResponse, HttpResponse, NotUsed> client() {
    return BidiFlow.identity();
  }
}
