package io.reeve.edge.bounds;

import java.time.Duration;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.javadsl.BidiFlow;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.scaladsl.Tcp;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;

/** Lets connections through a {@link Door}, one at a time. */
final class DoorStage
    extends GraphStage<FlowShape<Tcp.IncomingConnection, Tcp.IncomingConnection>> {

  /** How soon the door looks again whether there are file descriptors. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

  private final Inlet<Tcp.IncomingConnection> in = Inlet.create("Door.in");
  private final Outlet<Tcp.IncomingConnection> out = Outlet.create("Door.out");
  private final FlowShape<Tcp.IncomingConnection, Tcp.IncomingConnection> shape =
      FlowShape.of(in, out);
  private final Door door;

  DoorStage(Door door) {
    this.door = door;
  }

  @Override
  public FlowShape<Tcp.IncomingConnection, Tcp.IncomingConnection> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  private final class Logic extends TimerGraphStageLogic {

    Logic() {
      super(shape);
      setHandler(
          in,
          new AbstractInHandler() {
            @Override
            public void onPush() {
              admit(grab(in));
            }
          });
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              accept();
            }
          });
    }

    /**
     * Asks for the next connection. Without a free descriptor that would fail over and over: the
     * library tries again at once.
     */
    private void accept() {
      if (door.mayAccept()) {
        pull(in);
      } else {
        scheduleOnce("look again", LOOK_AGAIN);
      }
    }

    @Override
    public void onTimer(Object timer) {
      accept();
    }

    private void admit(Tcp.IncomingConnection incoming) {
      var connection = door.enter(incoming.remoteAddress());
      if (connection == null) {
        Source.<org.apache.pekko.util.ByteString>empty()
            .via(incoming.flow())
            .runWith(Sink.cancelled(), materializer());
        accept();
        return;
      }
      var guarded =
          BidiFlow.fromGraph(new ConnectionStage(connection, door)).join(incoming.flow().asJava());
      push(
          out,
          new Tcp.IncomingConnection(
              incoming.localAddress(), incoming.remoteAddress(), guarded.asScala()));
    }
  }
}
