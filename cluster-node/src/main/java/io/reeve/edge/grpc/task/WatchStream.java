package io.reeve.edge.grpc.task;

import io.reeve.edge.bounds.Call;
import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.grpc.guard.AnswerStage;
import io.reeve.edge.grpc.guard.CallGuard;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * One reader's stream of a task's changes. Only the newest change waits for the reader. Payload and
 * result come with the first change and with the last, and their bytes are taken from the room: a
 * watch is refused when there is none for the first, and the last goes without them when there is
 * none for it. A reader that lets such bytes wait for too long is cut off.
 */
final class WatchStream extends GraphStage<SourceShape<ByteString>> {

  private final Outlet<ByteString> out = Outlet.create("Watch.out");
  private final SourceShape<ByteString> shape = SourceShape.of(out);
  private final Consumer<Reader> opened;
  private final Consumer<Reader> closed;

  /** The reader of a stream; its methods are called by one thread at a time. */
  interface Reader {

    /** Shows the task after one more change. */
    void show(TaskChange change);

    /** Ends the stream with a refusal. */
    void end(EdgeRefusal refusal);
  }

  /**
   * @param opened told when the stream begins
   * @param closed told when it has ended
   */
  WatchStream(Consumer<Reader> opened, Consumer<Reader> closed) {
    this.opened = opened;
    this.closed = closed;
  }

  @Override
  public SourceShape<ByteString> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic(attributes.getAttribute(CallGuard.OfCall.class).orElse(null));
  }

  /**
   * What waits for the reader.
   *
   * @param bytes an encoded answer, or null when only a refusal is left
   * @param taken bytes of the room, which is 0 for a small answer
   */
  private record Next(
      @Nullable ByteString bytes, long taken, boolean last, @Nullable EdgeRefusal refusal) {}

  private final class Logic extends TimerGraphStageLogic implements Reader {

    private static final String UNREAD = "the caller does not read";

    private final @Nullable Call call;
    private final Duration readWithin;
    private @Nullable AsyncCallback<String> wake;

    // Guarded by this object: the feed writes, the stream takes.
    private @Nullable Next newest;
    private boolean sawFirst;
    private boolean ended;

    /** Room of the answer that was handed on last. */
    private long handedOn;

    Logic(CallGuard.@Nullable OfCall ofCall) {
      super(shape);
      this.call = ofCall == null ? null : ofCall.call();
      this.readWithin = ofCall == null ? Duration.ZERO : ofCall.readWithin();
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              // Asked for more, so the last answer is read but for some kilobytes.
              give(handedOn);
              handedOn = 0;
              next();
              time();
            }
          });
    }

    @Override
    public void preStart() {
      wake =
          createAsyncCallback(
              reason -> {
                next();
                time();
              });
      opened.accept(this);
    }

    @Override
    public void postStop() {
      closed.accept(this);
    }

    @Override
    public void show(TaskChange change) {
      synchronized (this) {
        if (ended) {
          return;
        }
        ended = change.isLast();
        // The first change counts as shown when the stream has taken it.
        var needsBytes = !sawFirst || change.isLast() || (newest != null && newest.taken() > 0);
        if (newest != null) {
          give(newest.taken());
        }
        if (!needsBytes) {
          newest = new Next(change.lean(), 0, change.isLast(), null);
        } else {
          var size = room(change.full());
          if (take(size)) {
            newest = new Next(change.full(), size, change.isLast(), null);
          } else if (sawFirst) {
            newest = new Next(change.lean(), 0, change.isLast(), null);
          } else {
            ended = true;
            newest = new Next(null, 0, true, EdgeRefusal.noRoom());
          }
        }
        sawFirst = true;
      }
      Objects.requireNonNull(wake).invoke("a change");
    }

    @Override
    public void end(EdgeRefusal refusal) {
      synchronized (this) {
        if (ended) {
          return;
        }
        ended = true;
        if (newest != null) {
          give(newest.taken());
        }
        newest = new Next(null, 0, true, refusal);
      }
      Objects.requireNonNull(wake).invoke("the end");
    }

    private void next() {
      if (!isAvailable(out)) {
        return;
      }
      Next next;
      synchronized (this) {
        next = newest;
        newest = null;
      }
      if (next == null) {
        return;
      }
      if (next.refusal() != null) {
        fail(out, next.refusal());
        return;
      }
      handedOn = next.taken();
      push(out, Objects.requireNonNull(next.bytes()));
      if (next.last()) {
        completeStage();
      }
    }

    /** What waits with room of its own must not wait for ever. */
    private void time() {
      boolean waits;
      synchronized (this) {
        waits = newest != null && newest.taken() > 0;
      }
      if (!waits || call == null) {
        cancelTimer(UNREAD);
      } else if (!isTimerActive(UNREAD)) {
        scheduleOnce(UNREAD, readWithin);
      }
    }

    @Override
    public void onTimer(Object timer) {
      synchronized (this) {
        ended = true;
        if (newest != null) {
          give(newest.taken());
          newest = null;
        }
      }
      // The status waits for the reader too, so the room is not left to the end of the call.
      failStage(AnswerStage.unread(readWithin));
    }

    // ---- Room

    /** A small answer needs none: one of them waits at a time. */
    private static long room(ByteString bytes) {
      return bytes.size() <= AnswerStage.PIECE_BYTES ? 0 : bytes.size();
    }

    private boolean take(long bytes) {
      return bytes == 0 || call == null || call.take(bytes);
    }

    private void give(long bytes) {
      if (call != null) {
        call.give(bytes);
      }
    }
  }
}
