package io.reeve.worker.link;

import io.reeve.v1.Control;
import io.reeve.worker.settings.Endpoint;

/** What a link tells its pool. */
public sealed interface ConnectionEvent {

  /**
   * A session stands.
   *
   * @param resumed whether it took over the leases of a broken session
   */
  record Up(
      Endpoint endpoint, String session, String node, int capacity, int reserve, boolean resumed)
      implements ConnectionEvent {}

  /** The session broke. Running attempts go on, and the pool connects again. */
  record Lost(Endpoint endpoint, String reason) implements ConnectionEvent {}

  /** No session came about; told once per kind of reason. */
  record NotConnected(Endpoint endpoint, String reason, boolean refused)
      implements ConnectionEvent {}

  /** An order of the server for the pool: drain, resume or shutdown. */
  record Ordered(Control order) implements ConnectionEvent {}

  /** All is settled and goodbye said. */
  record Left() implements ConnectionEvent {}

  /** Refused for good. */
  record GaveUp(String reason) implements ConnectionEvent {}
}
