package io.reeve.wire;

import io.reeve.dispatch.Dispatcher.EpochShown;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Says what another release would say, and worse: an epoch of -1 goes under a manifest that this
 * release does not know, and of one of -2 the bytes are damaged.
 */
public final class NewerRelease extends SerializerWithStringManifest {

  static final EpochShown UNKNOWN = new EpochShown(-1);
  static final EpochShown DAMAGED = new EpochShown(-2);

  private final WireSerializer today;

  public NewerRelease(ExtendedActorSystem system) {
    today = new WireSerializer(system);
  }

  @Override
  public int identifier() {
    return today.identifier();
  }

  @Override
  public String manifest(Object message) {
    return message.equals(UNKNOWN) ? "epoch-and-term" : today.manifest(message);
  }

  @Override
  public byte[] toBinary(Object message) {
    return message.equals(DAMAGED) ? new byte[] {1} : today.toBinary(message);
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws UnreadableMessageException {
    return today.fromBinary(bytes, manifest);
  }
}
