package io.reeve.edge.grpc;

import java.time.Duration;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.apache.pekko.util.ByteString;

/**
 * Looks at the 5-byte head of every gRPC frame before pekko-grpc collects it, since the library
 * neither bounds a frame nor what a compressed one inflates to. A frame over the limit, or a
 * compressed one, fails the stream with a typed refusal before any of it is kept.
 *
 * <p>What still comes in after a refusal is read and dropped for a moment: to cancel at once would
 * reset the HTTP/2 stream before the status has reached the caller.
 */
final class FrameGuard extends GraphStage<FlowShape<ByteString, ByteString>> {

  /** How much is dropped after a refusal before the stream is reset all the same. */
  private static final long DROPPED_BYTES_MAX = 64L << 20;

  private static final Duration DROPPED_WITHIN = Duration.ofSeconds(5);

  private static final int HEAD_BYTES = 5;

  private final Inlet<ByteString> in = Inlet.create("FrameGuard.in");
  private final Outlet<ByteString> out = Outlet.create("FrameGuard.out");
  private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
  private final int messageBytesMax;

  FrameGuard(int messageBytesMax) {
    this.messageBytesMax = messageBytesMax;
  }

  /**
   * The request behind the guard, and without the headers by which compression is agreed: inbound
   * because it is refused, outbound because it costs more than it saves (a third of the throughput
   * on a local link).
   */
  HttpRequest guarded(HttpRequest request) {
    var plain = request.removeHeader("grpc-accept-encoding").removeHeader("grpc-encoding");
    var entity = plain.entity();
    return plain.withEntity(
        HttpEntities.createChunked(
            entity.getContentType(), entity.getDataBytes().mapMaterializedValue(x -> x).via(this)));
  }

  @Override
  public FlowShape<ByteString, ByteString> shape() {
    return shape;
  }

  @Override
  public TimerGraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  private final class Logic extends TimerGraphStageLogic {

    /** Bytes of the current frame that are still to come. */
    private long frameLeft;

    private int headRead;
    private int flag;
    private long length;
    private boolean refused;
    private long dropped;

    Logic() {
      super(shape);
      setHandler(
          in,
          new AbstractInHandler() {
            @Override
            public void onPush() {
              onBytes(grab(in));
            }
          });
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              if (!hasBeenPulled(in)) {
                pull(in);
              }
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
              if (!refused) {
                cancel(in, cause);
                completeStage();
              }
            }
          });
    }

    private void onBytes(ByteString bytes) {
      if (refused) {
        dropped += bytes.size();
        if (dropped > DROPPED_BYTES_MAX) {
          completeStage();
        } else {
          pull(in);
        }
        return;
      }
      var refusal = scan(bytes);
      if (refusal == null) {
        push(out, bytes);
      } else {
        refused = true;
        fail(out, refusal);
        scheduleOnce("give up", DROPPED_WITHIN);
        pull(in);
      }
    }

    @Override
    public void onTimer(Object timer) {
      completeStage();
    }

    private @org.jspecify.annotations.Nullable EdgeRefusal scan(ByteString bytes) {
      var size = bytes.size();
      var at = 0;
      while (at < size) {
        if (frameLeft > 0) {
          var skipped = (int) Math.min(frameLeft, size - at);
          frameLeft -= skipped;
          at += skipped;
          continue;
        }
        var value = ((Number) bytes.apply(at)).intValue() & 0xFF;
        at++;
        if (headRead == 0) {
          flag = value;
          length = 0;
        } else {
          length = (length << 8) | value;
        }
        headRead++;
        if (headRead == HEAD_BYTES) {
          headRead = 0;
          frameLeft = length;
          if (flag != 0) {
            return new EdgeRefusal(
                Reason.COMPRESSION_REFUSED, "expected uncompressed messages, got a compressed one");
          }
          if (length > messageBytesMax) {
            return new EdgeRefusal(
                Reason.MESSAGE_TOO_LARGE,
                "expected a message of at most " + messageBytesMax + " bytes, got " + length);
          }
        }
      }
      return null;
    }
  }
}
