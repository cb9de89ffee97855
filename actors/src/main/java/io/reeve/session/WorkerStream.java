package io.reeve.session;

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
   * Whether payloads of {@code bytes} more may wait for the worker to read them. A session hands
   * leases back for which there is no room.
   */
  default boolean hasRoomFor(long bytes) {
    return true;
  }

  /**
   * The session has handled one more message of the worker. The edge reads on by it, so that the
   * session's mailbox stays bounded.
   */
  default void handled() {}

  /** Whether the edge does not read on now, so that the worker's silence means nothing. */
  default boolean holdsBack() {
    return false;
  }

  /** Ends the stream in order. */
  void complete();

  /** Ends the stream with a refusal that the worker sees as a typed status. */
  void refuse(SessionRefusal refusal);

  /**
   * Why a session ended by the server's will.
   *
   * @param reason stable, machine-readable, in upper case; see docs/errors.md
   */
  record SessionRefusal(String reason, String message, boolean retry) {}
}
