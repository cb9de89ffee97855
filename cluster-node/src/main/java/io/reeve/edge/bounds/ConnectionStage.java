package io.reeve.edge.bounds;

import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.BidiShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.apache.pekko.util.ByteString;

/** The bytes of one connection, which ends when no call comes in time or when the door says so. */
final class ConnectionStage
    extends GraphStage<BidiShape<ByteString, ByteString, ByteString, ByteString>> {

  private final Inlet<ByteString> fromServer = Inlet.create("Connection.fromServer");
  private final Outlet<ByteString> toCaller = Outlet.create("Connection.toCaller");
  private final Inlet<ByteString> fromCaller = Inlet.create("Connection.fromCaller");
  private final Outlet<ByteString> toServer = Outlet.create("Connection.toServer");
  private final BidiShape<ByteString, ByteString, ByteString, ByteString> shape =
      BidiShape.of(fromServer, toCaller, fromCaller, toServer);
  private final Connection connection;
  private final Door door;

  ConnectionStage(Connection connection, Door door) {
    this.connection = connection;
    this.door = door;
  }

  @Override
  public BidiShape<ByteString, ByteString, ByteString, ByteString> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  private final class Logic extends TimerGraphStageLogic {

    private static final String WAITS = "waits for a call";

    private int callsBefore;

    Logic() {
      super(shape);
      pass(fromServer, toCaller, false);
      pass(fromCaller, toServer, door.settings().everyCall());
    }

    @Override
    public void preStart() {
      var close = createAsyncCallback((String reason) -> completeStage());
      connection.onClose(() -> close.invoke("the door closes it"));
      waitForCall();
    }

    @Override
    public void postStop() {
      door.left(connection);
    }

    private void waitForCall() {
      callsBefore = connection.calls();
      scheduleOnce(WAITS, door.settings().callWithin());
    }

    @Override
    public void onTimer(Object timer) {
      if (connection.calls() == callsBefore) {
        completeStage();
      }
    }

    private void pass(Inlet<ByteString> in, Outlet<ByteString> out, boolean timed) {
      setHandler(
          in,
          new AbstractInHandler() {
            @Override
            public void onPush() {
              if (timed && connection.isIdle() && !isTimerActive(WAITS)) {
                waitForCall();
              }
              push(out, grab(in));
            }

            @Override
            public void onUpstreamFinish() {
              complete(out);
            }

            @Override
            public void onUpstreamFailure(Throwable failure) {
              fail(out, failure);
            }
          });
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              pull(in);
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
              cancel(in, cause);
            }
          });
    }
  }
}
