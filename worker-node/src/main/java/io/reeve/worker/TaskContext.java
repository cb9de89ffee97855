package io.reeve.worker;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;

/**
 * One attempt of one task, as its handler sees it. Safe for use by threads that the handler starts,
 * until the handler returns; afterwards it tells, and does nothing more.
 */
public interface TaskContext {

  String taskId();

  /** As the submitter wrote it, which may be an alias of the handler's. */
  String kind();

  String queue();

  /** For people; may be empty. */
  String name();

  /** Whom the task belongs to; may be empty. */
  String tenant();

  Map<String, String> labels();

  boolean urgent();

  /** From 1. */
  int attempt();

  /** Counts the leases of the task and only grows: a newer attempt has a higher one. */
  long fence();

  /** The payload; each call makes a copy. */
  byte[] payload();

  /** The payload as UTF-8 text. */
  String text();

  /**
   * The payload as JSON of a type.
   *
   * @throws Rejected when it is not
   */
  <T> T payloadAs(Class<T> type) throws Rejected;

  /**
   * The server's limit of a result in bytes; the attempt fails for good when its result is larger.
   */
  int resultBytesMax();

  /** When the attempt is to have ended; {@link Instant#MAX} when it may take for ever. */
  Instant deadline();

  /** The time until the deadline; never negative. */
  Duration remaining();

  /** Whether the attempt is to stop. Its thread is interrupted as well. */
  boolean isCancelled();

  /** Why it is to stop; empty while it is not. */
  Optional<CancelCause> cancelCause();

  /**
   * Runs an action once the attempt is to stop, on another thread than the handler's; at once when
   * it is already. Actions that are added after the handler returned never run.
   */
  void onCancel(Runnable action);

  /**
   * Says how far the attempt is. Cheap enough to call often: between two sendings the newest
   * replaces older ones.
   *
   * @param percent brought into 0 to 100, and never below what was said before; not a number means
   *     as before
   * @param message for people; cut after 1024 characters
   */
  void progress(double percent, String message);

  /** A log whose lines carry the task's id, kind and attempt. For the handler's own thread. */
  Logger log();
}
