package io.reeve.edge.grpc.worker;

import io.reeve.session.Session;
import io.reeve.session.WorkerCard;
import io.reeve.session.WorkerStream;
import org.apache.pekko.actor.typed.Behavior;

/** Makes the behaviour of one session. */
@FunctionalInterface
public interface SessionFactory {

  /**
   * A session that speaks to its worker by {@code stream}; it is told the worker's hello first.
   *
   * @param card on which it writes how the worker is
   */
  Behavior<Session.FromWorker> create(WorkerStream stream, WorkerCard card);
}
