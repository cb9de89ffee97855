package io.reeve.wire;

import org.apache.pekko.actor.ActorPath;
import org.apache.pekko.actor.typed.ActorRef;

/** A reference without an actor system around it. */
record NamedRef<T>(String name) implements ActorRef<T> {

  /** Reads every name as a reference to the actor of that name. */
  static final Refs REFS =
      new Refs() {
        @Override
        public String write(ActorRef<?> ref) {
          return ((NamedRef<?>) ref).name();
        }

        @Override
        public <U> ActorRef<U> resolve(String path) {
          return new NamedRef<>(path);
        }
      };

  @Override
  public void tell(T message) {
    throw new UnsupportedOperationException("there is no actor behind " + name);
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
    throw new UnsupportedOperationException("there is no actor behind " + name);
  }

  @Override
  public int compareTo(ActorRef<?> other) {
    return name.compareTo(((NamedRef<?>) other).name());
  }
}
