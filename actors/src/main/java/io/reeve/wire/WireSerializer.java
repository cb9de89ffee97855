package io.reeve.wire;

import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * How Pekko's remoting sees the messages of partitions, dispatcher and sessions. The identifier and
 * the manifests are what nodes of different releases have in common, and never change their
 * meaning.
 *
 * <p>A message that cannot be read fails with an {@link UnreadableMessageException}: remoting logs
 * it with manifest and sender, drops the message and goes on with the next. All of these messages
 * may be lost, and whoever waits for an answer asks again.
 */
public final class WireSerializer extends SerializerWithStringManifest {

  private static final int IDENTIFIER = 746_003;

  private final WireForms forms;

  public WireSerializer(ExtendedActorSystem system) {
    forms = new WireForms(new ResolvedRefs(ActorRefResolver.get(Adapter.toTyped(system))));
  }

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object message) {
    return forms.of(message).manifest();
  }

  @Override
  public byte[] toBinary(Object message) {
    return forms.of(message).bytes(message);
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws UnreadableMessageException {
    return forms.of(manifest).message(bytes);
  }

  private record ResolvedRefs(ActorRefResolver resolver) implements Refs {

    @Override
    public String write(ActorRef<?> ref) {
      return resolver.toSerializationFormat(ref);
    }

    @Override
    public <T> ActorRef<T> resolve(String path) {
      return resolver.resolveActorRef(path);
    }
  }
}
