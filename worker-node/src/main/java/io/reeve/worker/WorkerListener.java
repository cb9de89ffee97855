package io.reeve.worker;

import java.util.List;

/**
 * Told of registrations, losses and ends of a worker's pools. Called by the worker's own threads: a
 * method must not block. Every method does nothing unless overridden.
 */
public interface WorkerListener {

  /**
   * A pool that is registered with a server.
   *
   * @param endpoint where
   * @param node the server's name of itself; may be empty
   * @param session names the session in both logs
   * @param capacity leases it may hold at once
   * @param reserve how many of them only urgent tasks may use
   * @param resumed whether it went on with the leases of a broken session
   */
  record Registration(
      String workerId,
      String pool,
      String endpoint,
      String node,
      String session,
      int capacity,
      int reserve,
      List<String> queues,
      List<String> kinds,
      boolean resumed) {}

  /** A pool is registered, for the first time or again. */
  default void registered(Registration registration) {}

  /** A pool's session broke. What it runs goes on; it connects again by itself. */
  default void lost(String pool, String endpoint, String reason) {}

  /** A pool could not connect; told once per reason, while it goes on trying. */
  default void notConnected(String pool, String endpoint, String reason) {}

  /** A pool has ended. */
  default void ended(String pool, PoolEnd end, String reason) {}
}
