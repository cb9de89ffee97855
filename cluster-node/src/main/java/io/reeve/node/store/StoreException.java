package io.reeve.node.store;

import org.jspecify.annotations.Nullable;

/** The store cannot be opened or trusted; the message is for the operator and names the place. */
public final class StoreException extends RuntimeException {

  /** Why, for callers that tell the cases apart. */
  public enum Reason {
    /** Another process, or another store of this one, has the directory. */
    DIRECTORY_IN_USE(false),
    /** The directory cannot be created, is not a directory, or is not ours to write. */
    DIRECTORY_UNUSABLE(false),
    /** The schema was made by a newer release. */
    SCHEMA_TOO_NEW(false),
    /** The schema is not what the migrations of this release would have made. */
    SCHEMA_UNEXPECTED(false),
    /** The database does not have the settings that make an acknowledged row durable. */
    NOT_DURABLE(true),
    /** The database failed or its files are damaged. */
    UNREADABLE(false),
    /** The database server does not answer, or not yet. */
    SERVER_UNREACHABLE(false),
    /** The database server does not let this user in, or has no such database. */
    SERVER_REFUSED(true),
    /** The database server is too old, or only repeats what another one writes. */
    SERVER_UNSUITABLE(true),
    /** There are to be fewer partitions than the store has. */
    FEWER_PARTITIONS(true),
    /** There is no store to copy from. */
    SOURCE_MISSING(true),
    /** The schema to copy to has rows already. */
    TARGET_NOT_EMPTY(true);

    private final boolean misconfigured;

    Reason(boolean misconfigured) {
      this.misconfigured = misconfigured;
    }

    /** Whether starting again is vain until a person has changed a setting, here or there. */
    public boolean misconfigured() {
      return misconfigured;
    }
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
