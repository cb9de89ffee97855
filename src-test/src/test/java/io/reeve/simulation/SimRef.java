package io.reeve.simulation;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The way to a simulated actor. */
final class SimRef<T> extends PlainRef<T> {

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
  public String toString() {
    return owner.name;
  }
}
