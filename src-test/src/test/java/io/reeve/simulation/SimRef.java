package io.reeve.simulation;

import java.util.function.Function;
import org.apache.pekko.actor.ActorPath;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** The way to a simulated actor; equal to itself alone. */
final class SimRef<T> implements ActorRef<T> {

  private static final long serialVersionUID = 1;

  final transient SimActor<?> owner;

  /** Puts a message into the owner's words; null: it already is. */
  private final transient @Nullable Function<Object, ?> adapter;

  SimRef(SimActor<?> owner, @Nullable Function<Object, ?> adapter) {
    this.owner = owner;
    this.adapter = adapter;
  }

  Object adapt(Object message) {
    return adapter == null ? message : adapter.apply(message);
  }

  @Override
  public void tell(T message) {
    owner.world.send(owner, this, message);
  }

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

  @Override
  public String toString() {
    return owner.name;
  }
}
