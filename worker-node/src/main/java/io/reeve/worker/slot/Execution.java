package io.reeve.worker.slot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.reeve.v1.Settlement;
import io.reeve.worker.CancelCause;
import org.jspecify.annotations.Nullable;

/** Runs one attempt after another: finds the handler, calls it, and makes its end a settlement. */
public final class Execution {

  private final Handlers handlers;
  private final ObjectMapper json;
  private volatile int resultMax = Integer.MAX_VALUE;

  public Execution(Handlers handlers, ObjectMapper json) {
    this.handlers = handlers;
    this.json = json;
  }

  /** Takes note of the server's limit of a result, in bytes. */
  public void limitResults(int bytes) {
    resultMax = bytes;
  }

  /** The server's limit of a result, in bytes. */
  public int resultMax() {
    return resultMax;
  }

  /**
   * Runs an attempt and answers how it is to be settled. What is thrown through it is no exception
   * of the handler's trade but an error; the attempt has failed by it, and so has the slot.
   */
  Settlement run(Attempt attempt) {
    if (!attempt.begin()) {
      var cause = attempt.cause();
      attempt.end();
      return Outcomes.stopped(attempt, cause == null ? CancelCause.HANDED_BACK : cause);
    }
    try {
      var handler = handlers.of(attempt.kind());
      return handler == null
          ? Outcomes.unknownKind(attempt)
          : Outcomes.completed(attempt, bytes(handler.handle(attempt)), resultMax);
    } catch (Exception failure) {
      return Outcomes.threw(attempt, failure);
    } finally {
      attempt.end();
    }
  }

  private ByteString bytes(@Nullable Object result) throws JsonProcessingException {
    if (result == null) {
      return ByteString.EMPTY;
    }
    if (result instanceof byte[] raw) {
      return ByteString.copyFrom(raw);
    }
    if (result instanceof ByteString raw) {
      return raw;
    }
    if (result instanceof String text) {
      return ByteString.copyFromUtf8(text);
    }
    return ByteString.copyFrom(json.writeValueAsBytes(result));
  }
}
