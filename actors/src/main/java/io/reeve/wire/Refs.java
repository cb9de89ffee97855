package io.reeve.wire;

import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** References to actors, to text and back. */
interface Refs {

  /** The path of the actor, with the address of its node. */
  String write(ActorRef<?> ref);

  /** The actor with that path, which need not live any more. */
  <T> ActorRef<T> resolve(String path);

  /** The actor that a message has to name. */
  default <T> ActorRef<T> read(String path) throws UnreadableMessageException {
    if (path.isEmpty()) {
      throw new UnreadableMessageException("expected a reference to an actor, got none");
    }
    return resolve(path);
  }

  /** The actor that a message may name. */
  default <T> @Nullable ActorRef<T> readOptional(String path) {
    return path.isEmpty() ? null : resolve(path);
  }
}
