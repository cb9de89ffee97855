package io.reeve.partition;

import io.reeve.partition.Leases.ToSession;
import java.util.HashMap;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** Which session speaks for a holder. In memory only, so after a start sessions tell it anew. */
final class Speakers {

  private final Map<String, ActorRef<ToSession>> byHolder = new HashMap<>();

  @Nullable ActorRef<ToSession> of(String holder) {
    return byHolder.get(holder);
  }

  void set(String holder, ActorRef<ToSession> session) {
    byHolder.put(holder, session);
  }

  void setIfUnknown(String holder, ActorRef<ToSession> session) {
    byHolder.putIfAbsent(holder, session);
  }

  void forget(String holder) {
    byHolder.remove(holder);
  }

  /** Whether no other session is known to speak for the holder. */
  boolean maySpeak(String holder, ActorRef<ToSession> session) {
    var known = byHolder.get(holder);
    return known == null || known.equals(session);
  }
}
