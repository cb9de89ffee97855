package io.reeve.simulation;

import org.apache.pekko.actor.ActorPath;
import org.apache.pekko.actor.typed.ActorRef;

/** A reference without an actor system around it; equal to itself alone. */
abstract class PlainRef<T> implements ActorRef<T> {

  private static final long serialVersionUID = 1;

  @Override
  @SuppressWarnings("unchecked")
  public <U extends T> ActorRef<U> narrow() {
    return (ActorRef<U>) this;
  }

  @Override
  @SuppressWarnings("unchecked")
  public <U> ActorRef<U> unsafeUpcast() {
    return (ActorRef<U>) this;
  }

  @Override
  public ActorPath path() {
    throw new UnsupportedOperationException("a simulated actor has no path");
  }

  @Override
  public int compareTo(ActorRef<?> other) {
    throw new UnsupportedOperationException("a simulated actor has no path");
  }
}
