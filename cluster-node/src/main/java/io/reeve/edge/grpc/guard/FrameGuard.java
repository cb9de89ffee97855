package io.reeve.edge.grpc.guard;

import io.reeve.edge.bounds.Call;
import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.calls.Reason;
import java.time.Duration;
import java.util.Objects;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpProtocols;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the 5-byte head of every gRPC frame of one call before pekko-grpc collects the frame,
 * since the library bounds neither a frame nor the bytes that a compressed one inflates to.
 *
 * <ul>
 *   <li>A frame over the limit, or a compressed one, fails the stream with a typed refusal before
 *       any of it is kept.
 *   <li>The frame's bytes are taken from the room. Without room a single call is refused; a stream
 *       of messages is not read on until there is room, which holds the caller back.
 *   <li>A single call has one message; what comes after it is refused before room is taken for it.
 *   <li>A message has to be complete within a time, and before the caller ends its side.
 * </ul>
 *
 * <p>After a refusal, and when nobody wants more of the call, the bytes that still come in are read
 * and dropped for a moment: to cancel at once would reset the HTTP/2 stream before the status has
 * reached the caller.
 */
public final class FrameGuard extends GraphStage<FlowShape<ByteString, ByteString>> {

  /** How much is dropped after a refusal before the stream is reset all the same. */
  private static final long DROPPED_BYTES_MAX = 64L << 20;

  private static final int HEAD_BYTES = 5;

  /** What a message of a stream costs beside its bytes while it waits to be handled. */
  private static final int MESSAGE_OVERHEAD = 256;

  private final Inlet<ByteString> in = Inlet.create("FrameGuard.in");
  private final Outlet<ByteString> out = Outlet.create("FrameGuard.out");
  private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
  private final Bounds bounds;
  private final Call call;
  private final boolean streaming;

  /**
   * The bounds of all calls.
   *
   * @param messageBytesMax of one message
   * @param messageWithin how soon a message has to be complete
   * @param dropWithin how long bytes are dropped after the end
   */
  public record Bounds(int messageBytesMax, Duration messageWithin, Duration dropWithin) {}

  /**
   * @param call takes the room of its messages
   * @param streaming whether the caller sends a stream of messages
   */
  FrameGuard(Bounds bounds, Call call, boolean streaming) {
    this.bounds = bounds;
    this.call = call;
    this.streaming = streaming;
  }

  /**
   * The request behind the guard, and without the headers by which compression is agreed: inbound
   * because it is refused, outbound because it costs more than it saves (a third of the throughput
   * on a local link).
   *
   * <p>A request without a body has no frame. HTTP/1.0 has no chunks, and no gRPC; the library
   * bounds its bodies.
   */
  HttpRequest guarded(HttpRequest request) {
    var plain = request.removeHeader("grpc-accept-encoding").removeHeader("grpc-encoding");
    var entity = plain.entity();
    if (entity.isKnownEmpty() || plain.protocol().equals(HttpProtocols.HTTP_1_0)) {
      return plain;
    }
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
    return new Logic(attributes.getAttribute(Inflow.class).orElse(null));
  }

  private final class Logic extends TimerGraphStageLogic {

    private static final String LATE = "the message is late";
    private static final String DROPPED_ENOUGH = "dropped for long enough";

    private final @Nullable Inflow inflow;
    private @Nullable AsyncCallback<String> freed;

    /** Bytes of the current frame that are still to come. */
    private long frameLeft;

    private int headRead;
    private int flag;
    private long length;
    private boolean hadMessage;

    /** Whether the frame whose head was read last waits for room. */
    private boolean waits;

    /** The bytes behind the head of a frame that waits for room. */
    private @Nullable ByteString held;

    private boolean upstreamDone;
    private boolean dropping;
    private long dropped;

    Logic(@Nullable Inflow inflow) {
      super(shape);
      this.inflow = inflow;
      setHandler(
          in,
          new AbstractInHandler() {
            @Override
            public void onPush() {
              if (dropping) {
                drop(grab(in));
              } else {
                pass(grab(in));
              }
            }

            @Override
            public void onUpstreamFinish() {
              onCallerEnded();
            }
          });
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              if (held == null && !hasBeenPulled(in) && !isClosed(in)) {
                pull(in);
              }
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
              dropTheRest();
            }
          });
    }

    @Override
    public void preStart() {
      scheduleOnce(LATE, bounds.messageWithin());
    }

    private void pass(ByteString bytes) {
      var end = scan(bytes);
      if (dropping) {
        return;
      }
      if (!waits) {
        time();
        push(out, bytes);
        return;
      }
      held = bytes.drop(end);
      push(out, bytes.take(end));
      waitForRoom();
    }

    /** A single call is timed until the caller has ended it; a stream while a message is open. */
    private void time() {
      var open = !streaming || headRead > 0 || frameLeft > 0;
      if (!open) {
        cancelTimer(LATE);
      } else if (!isTimerActive(LATE)) {
        scheduleOnce(LATE, bounds.messageWithin());
      }
    }

    /** Reads the heads in {@code bytes}; returns how many bytes may pass now. */
    private int scan(ByteString bytes) {
      var size = bytes.size();
      var at = 0;
      while (at < size) {
        if (frameLeft > 0) {
          var skipped = (int) Math.min(frameLeft, size - at);
          frameLeft -= skipped;
          at += skipped;
          continue;
        }
        head(((Number) bytes.apply(at)).intValue() & 0xFF);
        at++;
        if (headRead == HEAD_BYTES) {
          headRead = 0;
          var refusal = refusal();
          if (refusal != null) {
            refuse(refusal);
            return at;
          }
          frameLeft = length;
          if (!takeRoom()) {
            waits = !dropping;
            return at;
          }
        }
      }
      return size;
    }

    private void head(int value) {
      if (headRead == 0) {
        flag = value;
        length = 0;
      } else {
        length = (length << 8) | value;
      }
      headRead++;
    }

    private @Nullable EdgeRefusal refusal() {
      if (flag != 0) {
        return new EdgeRefusal(
            Reason.COMPRESSION_REFUSED, "expected uncompressed messages, got a compressed one");
      }
      if (length > bounds.messageBytesMax()) {
        return new EdgeRefusal(
            Reason.MESSAGE_TOO_LARGE,
            "expected a message of at most " + bounds.messageBytesMax() + " bytes, got " + length);
      }
      if (!streaming && hadMessage) {
        return new EdgeRefusal(
            Reason.MALFORMED_MESSAGE, "expected one message, got the head of a second");
      }
      hadMessage = true;
      return null;
    }

    // ---- Room

    /** False when the frame has to wait, or was refused. */
    private boolean takeRoom() {
      if (streaming && inflow == null) {
        return true; // one message at a time, and nobody would give its bytes back
      }
      var cost = streaming ? length + MESSAGE_OVERHEAD : length;
      if (call.take(cost)) {
        if (inflow != null) {
          inflow.arriving(call, cost);
        }
        return true;
      }
      if (!streaming) {
        refuse(EdgeRefusal.noRoom());
      }
      return false;
    }

    private void waitForRoom() {
      cancelTimer(LATE);
      heldBack(true);
      if (freed == null) {
        freed = createAsyncCallback(reason -> tryAgain());
      }
      tryAgain();
    }

    private void tryAgain() {
      var bytes = held;
      if (bytes == null || dropping || !takeRoomOrRegister()) {
        return;
      }
      waits = false;
      held = null;
      heldBack(false);
      if (!bytes.isEmpty()) {
        emitHeld(bytes);
      } else if (upstreamDone) {
        onCallerEnded();
      } else {
        time();
        if (isAvailable(out) && !hasBeenPulled(in)) {
          pull(in);
        }
      }
    }

    /** Registers between two tries, so that no release is missed. */
    private boolean takeRoomOrRegister() {
      if (takeRoom()) {
        return true;
      }
      var callback = Objects.requireNonNull(freed);
      call.whenFreed(() -> callback.invoke("freed"));
      return takeRoom();
    }

    private void heldBack(boolean now) {
      if (inflow != null) {
        inflow.heldBack(now);
      }
    }

    /** What was held passes as soon as it is asked for, and may have to wait for room again. */
    private void emitHeld(ByteString bytes) {
      var end = scan(bytes);
      if (dropping) {
        return;
      }
      if (waits) {
        held = bytes.drop(end);
        emit(out, bytes.take(end));
        waitForRoom();
        return;
      }
      time();
      emit(out, bytes);
      if (upstreamDone) {
        onCallerEnded();
      }
    }

    // ---- Ends

    private void onCallerEnded() {
      upstreamDone = true;
      if (dropping) {
        completeStage();
      } else if (held != null) {
        return; // passes first
      } else if (headRead > 0 || frameLeft > 0) {
        refuse(
            new EdgeRefusal(
                Reason.MALFORMED_MESSAGE,
                "expected a whole message, got the end of the call within one"));
      } else {
        complete(out);
      }
    }

    @Override
    public void onTimer(Object timer) {
      if (timer.equals(DROPPED_ENOUGH)) {
        completeStage();
      } else {
        refuse(
            new EdgeRefusal(
                Reason.MESSAGE_LATE,
                "expected a whole message within "
                    + bounds.messageWithin().toMillis()
                    + " ms, got a part of it"));
      }
    }

    private void refuse(EdgeRefusal refusal) {
      fail(out, refusal);
      dropTheRest();
    }

    private void dropTheRest() {
      dropping = true;
      held = null;
      cancelTimer(LATE);
      if (upstreamDone || isClosed(in)) {
        completeStage();
        return;
      }
      scheduleOnce(DROPPED_ENOUGH, bounds.dropWithin());
      if (!hasBeenPulled(in)) {
        pull(in);
      }
    }

    private void drop(ByteString bytes) {
      dropped += bytes.size();
      if (dropped > DROPPED_BYTES_MAX) {
        completeStage();
      } else {
        pull(in);
      }
    }
  }
}
