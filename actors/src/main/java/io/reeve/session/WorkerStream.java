package io.reeve.session;

import io.reeve.domain.task.Rejection;

/**
 * The server's side of a worker's stream, as a session sees it. Calls come from one session actor
 * at a time and never block.
 */
public interface WorkerStream {

  /**
   * Queues a message for the worker.
   *
   * @return false when the bounded buffer is full or the stream has ended: the worker does not read
   */
  boolean offer(Session.ToWorker message);

  /**
   * The session has dealt with one more message of the worker. The edge may hold the worker back by
   * it, so that the session's mailbox stays bounded.
   */
  default void handled() {}

  /** Ends the stream in order. */
  void complete();

  /** Ends the stream with a refusal that the worker sees as a typed status. */
  void refuse(SessionRefusal refusal);

  /**
   * Why a session ended by the server's will.
   *
   * @param reason stable, machine-readable, in upper case; see docs/errors.md
   */
  record SessionRefusal(String reason, String message, boolean retry) {

    /** A refusal of the rules, told to the worker. */
    public static SessionRefusal of(Rejection rejection) {
      return new SessionRefusal(rejection.code().name(), rejection.message(), true);
    }
  }
}
