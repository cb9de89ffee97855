package io.reeve.edge.grpc.guard;

import io.reeve.edge.bounds.Call;
import io.reeve.edge.calls.EdgeRefusal;
import io.reeve.edge.calls.Reason;
import java.time.Duration;
import org.apache.pekko.http.scaladsl.model.HttpEntity.Chunk;
import org.apache.pekko.http.scaladsl.model.HttpEntity.ChunkStreamPart;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.apache.pekko.util.ByteString;

/**
 * Hands the messages of an answer on in small pieces, so that the next message is asked for when
 * the caller has read the last but for some kilobytes. A caller that does not read a message to its
 * end in time is cut off. Ends the call with the answer.
 */
public final class AnswerStage extends GraphStage<FlowShape<ChunkStreamPart, ChunkStreamPart>> {

  /** Bytes of a piece; a message up to this is not accounted for. */
  public static final int PIECE_BYTES = 16 * 1024;

  private static final String UNREAD = "the caller does not read";

  private final Inlet<ChunkStreamPart> in = Inlet.create("Answer.in");
  private final Outlet<ChunkStreamPart> out = Outlet.create("Answer.out");
  private final FlowShape<ChunkStreamPart, ChunkStreamPart> shape = FlowShape.of(in, out);
  private final Call call;
  private final Duration readWithin;

  /**
   * @param readWithin how soon a message has to be read
   */
  public AnswerStage(Call call, Duration readWithin) {
    this.call = call;
    this.readWithin = readWithin;
  }

  @Override
  public FlowShape<ChunkStreamPart, ChunkStreamPart> shape() {
    return shape;
  }

  @Override
  public GraphStageLogic createLogic(Attributes attributes) {
    return new Logic();
  }

  public static EdgeRefusal unread(Duration within) {
    return new EdgeRefusal(
        Reason.SLOW_READER, "expected an answer to be read within " + within.toMillis() + " ms");
  }

  private final class Logic extends TimerGraphStageLogic {

    /** What is left of a large message. */
    private ByteString rest = org.apache.pekko.util.ByteString.emptyByteString();

    Logic() {
      super(shape);
      setHandler(
          in,
          new AbstractInHandler() {
            @Override
            public void onPush() {
              pass(grab(in));
            }

            @Override
            public void onUpstreamFinish() {
              if (rest.isEmpty()) {
                completeStage();
              }
            }
          });
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              next();
            }
          });
    }

    @Override
    public void postStop() {
      call.end();
    }

    private void pass(ChunkStreamPart part) {
      if (part instanceof Chunk chunk && chunk.data().size() > PIECE_BYTES) {
        rest = chunk.data();
        scheduleOnce(UNREAD, readWithin);
        next();
      } else {
        push(out, part);
      }
    }

    private void next() {
      if (rest.isEmpty()) {
        // Whoever made the message gives its room back when the next one is asked for.
        cancelTimer(UNREAD);
        pull(in);
        return;
      }
      push(out, new Chunk(rest.take(PIECE_BYTES), ""));
      rest = rest.drop(PIECE_BYTES);
      if (rest.isEmpty()) {
        rest = ByteString.emptyByteString();
        if (isClosed(in)) {
          completeStage();
        }
      }
    }

    @Override
    public void onTimer(Object timer) {
      failStage(unread(readWithin));
    }
  }
}
