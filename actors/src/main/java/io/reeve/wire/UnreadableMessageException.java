package io.reeve.wire;

import java.io.NotSerializableException;

/**
 * Bytes from another node that this release cannot take for a message: they are damaged, or a newer
 * release means something by them that this one does not know. Remoting logs the reason and drops
 * the message; its sender repeats it, as after any loss.
 */
public final class UnreadableMessageException extends NotSerializableException {

  private static final long serialVersionUID = 1;

  public UnreadableMessageException(String message) {
    super(message);
  }

  public UnreadableMessageException(String message, Throwable cause) {
    super(message);
    initCause(cause);
  }
}
