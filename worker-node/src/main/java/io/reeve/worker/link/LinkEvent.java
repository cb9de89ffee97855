package io.reeve.worker.link;

import io.reeve.v1.Control;
import io.reeve.worker.settings.Endpoint;

/** What a link tells its pool. */
public sealed interface LinkEvent {

  /**
   * A session stands.
   *
   * @param resumed whether it took over from one that broke
   */
  record Up(
      Endpoint endpoint, String session, String node, int capacity, int reserve, boolean resumed)
      implements LinkEvent {}

  /** The session broke; what runs goes on, and another server is looked for. */
  record Lost(Endpoint endpoint, String reason) implements LinkEvent {}

  /** No session came about; told once per kind of reason. */
  record NotConnected(Endpoint endpoint, String reason, boolean refused) implements LinkEvent {}

  /** An order of the server for the pool: drain, resume or shutdown. */
  record Ordered(Control order) implements LinkEvent {}

  /** All is settled and goodbye said. */
  record Left() implements LinkEvent {}

  /** Refused for good. */
  record GaveUp(String reason) implements LinkEvent {}
}
