package io.reeve.client;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.reeve.v1.Task;
import io.reeve.v1.TaskServiceGrpc;
import io.reeve.v1.WatchTaskRequest;
import io.reeve.v1.WatchTaskResponse;
import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Follows one task over as many streams as it takes, until the task is terminal.
 *
 * <p>The reader asks for each change by {@link #request}; while it does not, at most one waits here
 * and the server drops steps in between. A stream that breaks is opened again, at the next endpoint
 * after a backoff; a change that the reader has seen is not shown to it twice.
 */
final class WatchLoop {

  /**
   * The reader. Its methods are called one at a time, and none after {@code ended} or {@code
   * failed}.
   */
  interface Reader {
    void changed(Task task);

    /** The last change that was shown was to a terminal state. */
    void ended(Task last);

    void failed(ReeveException failure);
  }

  /** When a loop gives up a server that is away. */
  enum GivesUp {
    /** After as many failures in a row as a call has tries. */
    AFTER_TRIES,
    /** Never by itself: the code that started the loop closes it when the time is up. */
    WHEN_CLOSED
  }

  /** How long the server may take to complete a stream after the last change. */
  private static final Duration COMPLETES_WITHIN = Duration.ofSeconds(5);

  private final Calls calls;
  private final WatchTaskRequest request;
  private final GivesUp givesUp;
  private final Reader reader;

  // All below is guarded by this.
  private @Nullable ClientCall<WatchTaskRequest, WatchTaskResponse> stream;
  private @Nullable Task shown;
  private boolean wanted;
  private boolean closed;
  private int failuresInARow;

  WatchLoop(Calls calls, String taskId, GivesUp givesUp, Reader reader) {
    this.calls = calls;
    this.request = WatchTaskRequest.newBuilder().setTaskId(taskId).build();
    this.givesUp = givesUp;
    this.reader = reader;
  }

  /** Opens the first stream; nothing is read before {@link #request}. */
  void start() {
    open();
  }

  /** Asks for one more change. */
  synchronized void request() {
    wanted = true;
    if (stream != null) {
      stream.request(1);
    }
  }

  /** Stops following; the reader hears nothing more. */
  synchronized void close() {
    closed = true;
    if (stream != null) {
      stream.cancel("no longer watched", null);
      stream = null;
    }
  }

  private synchronized void open() {
    if (closed) {
      return;
    }
    var turn = calls.endpoints().turn();
    if (failuresInARow > 0) {
      calls.endpoints().reconnect(turn);
    }
    var call =
        calls
            .endpoints()
            .channel(turn)
            .newCall(TaskServiceGrpc.getWatchTaskMethod(), CallOptions.DEFAULT);
    stream = call;
    call.start(new Changes(call, turn), new Metadata());
    call.sendMessage(request);
    call.halfClose();
    if (wanted) {
      call.request(1);
    }
  }

  private final class Changes extends ClientCall.Listener<WatchTaskResponse> {
    private final ClientCall<WatchTaskRequest, WatchTaskResponse> call;
    private final int turn;
    private volatile @Nullable Future<?> patience;

    Changes(ClientCall<WatchTaskRequest, WatchTaskResponse> call, int turn) {
      this.call = call;
      this.turn = turn;
    }

    @Override
    public void onMessage(WatchTaskResponse message) {
      var task = message.getTask();
      var ends = TaskStates.isTerminal(task.getState());
      synchronized (WatchLoop.this) {
        if (closed || stream != call) {
          return;
        }
        failuresInARow = 0;
        if (task.equals(shown)) {
          call.request(1);
          return;
        }
        shown = task;
        wanted = false;
        if (ends) {
          closed = true;
          stream = null;
        }
      }
      reader.changed(task);
      if (ends) {
        letItComplete();
        reader.ended(task);
      }
    }

    /**
     * The server completes the stream of its own accord. To cancel it at once would reset it, and
     * servers close a connection with many resets in a second as an attack: a thousand results
     * awaited over one connection would end each other.
     */
    private void letItComplete() {
      patience = calls.after(COMPLETES_WITHIN, () -> call.cancel("the server kept it open", null));
      call.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      var running = patience;
      if (running != null) {
        // Cancelling a call that has ended resets its stream all the same.
        running.cancel(false);
      }
      // An end without a terminal state is a server that stops: no failure of the task.
      var failure =
          status.isOk()
              ? ReeveException.of(Status.UNAVAILABLE.withDescription("the stream ended"), null)
              : ReeveException.of(status, trailers).at(calls.endpoints().name(turn));
      Duration delay;
      synchronized (WatchLoop.this) {
        if (closed || stream != call) {
          return;
        }
        stream = null;
        failuresInARow++;
        delay =
            givesUp == GivesUp.AFTER_TRIES
                ? calls.delayAfter(failuresInARow, failure)
                : calls.delayHoweverMany(failuresInARow, failure);
        closed = delay == null;
      }
      if (delay == null) {
        reader.failed(failure);
      } else {
        calls.endpoints().moveOnFrom(turn);
        var unused = calls.after(delay, WatchLoop.this::open);
      }
    }
  }
}
