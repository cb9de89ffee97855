package io.reeve.node.store;

import org.jspecify.annotations.Nullable;

/** The store cannot be opened or trusted; the message is for the operator and names the path. */
public final class StoreException extends RuntimeException {

  /** Why, for callers that tell the cases apart. */
  public enum Reason {
    /** Another process, or another store of this one, has the directory. */
    DIRECTORY_IN_USE,
    /** The directory cannot be created, is not a directory, or is not ours to write. */
    DIRECTORY_UNUSABLE,
    /** The files were written by a newer release. */
    SCHEMA_TOO_NEW,
    /** The files are not what the migrations of this release would have made. */
    SCHEMA_UNEXPECTED,
    /** The database did not accept the settings that make an acknowledged row durable. */
    NOT_DURABLE,
    /** The database failed or its files are damaged. */
    UNREADABLE
  }

  private final Reason reason;

  StoreException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  StoreException(Reason reason, String message) {
    this(reason, message, null);
  }

  public Reason reason() {
    return reason;
  }
}
