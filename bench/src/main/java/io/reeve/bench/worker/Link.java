package io.reeve.bench.worker;

/** A worker's connection that can be opened and closed again and again. */
interface Link extends AutoCloseable {

  /** Opens a session; returns when the server has welcomed it. */
  void connect();

  /** Settles what it holds and leaves; returns when the session has ended. */
  void disconnect();

  /** Leaves if it has not, and lets go of everything. */
  @Override
  void close();
}
