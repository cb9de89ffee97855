package io.reeve.edge.grpc.guard;

import io.reeve.edge.bounds.Call;
import org.apache.pekko.stream.Attributes;

/**
 * Hears of the size of each message of a caller's stream before the message itself comes. Travels
 * as an attribute from whoever runs the stream up to the {@link FrameGuard}.
 */
public interface Inflow extends Attributes.Attribute {

  /** The next message costs {@code bytes}, taken from {@code call}; the hearer gives them back. */
  void arriving(Call call, long bytes);

  /** Whether the guard has stopped reading since there is no room. */
  void heldBack(boolean now);
}
