package io.reeve.node.store;

import java.nio.file.Path;
import java.util.stream.Collectors;
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
    /** The disk or the database has no room. */
    STORE_FULL(false),
    /** A file of the store is missing. */
    STORE_INCOMPLETE(false),
    /** A file belongs to another store. */
    STORE_MIXED(false),
    /** Bytes of the store are not those that were written. */
    STORE_DAMAGED(false),
    /** Rows that were acknowledged are not there. */
    STORE_LOST_ROWS(false),
    /** Files were removed or replaced while the node ran. */
    STORE_REMOVED(false),
    /** The database server does not answer, or not yet. */
    SERVER_UNREACHABLE(false),
    /** The database server does not let this user in, or has no such database. */
    SERVER_REFUSED(true),
    /** The database server is too old, or only repeats what another one writes. */
    SERVER_UNSUITABLE(true),
    /** There are to be fewer partitions than the store has. */
    FEWER_PARTITIONS(true),
    /** There is no store where the caller says that one is. */
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

    /** Whether the store lacks what it acknowledged, so that a person has to decide. */
    public boolean untrusted() {
      return this == STORE_INCOMPLETE
          || this == STORE_MIXED
          || this == STORE_DAMAGED
          || this == STORE_LOST_ROWS;
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

  /** The same, but {@link Reason#STORE_FULL} where the cause says that there is no room. */
  static StoreException of(Reason reason, String message, Throwable cause) {
    return FullDisk.causes(cause)
        ? new StoreException(Reason.STORE_FULL, "STORE_FULL: no room is left: " + message, cause)
        : new StoreException(reason, message, cause);
  }

  /**
   * The refusal of a SQLite file whose bytes are not those that were written.
   *
   * @param whatNow what the operator can do; begins with a semicolon
   */
  static StoreException damaged(Path file, String how, String whatNow, @Nullable Throwable cause) {
    return new StoreException(
        Reason.STORE_DAMAGED,
        "STORE_DAMAGED: %s: %s%s".formatted(file, oneLine(how), whatNow),
        cause);
  }

  /** The last line is all that many people see, so a message has no other. */
  static String oneLine(@Nullable String message) {
    return String.valueOf(message)
        .lines()
        .map(String::strip)
        // Headings and rules that the libraries draw.
        .filter(
            line -> line.chars().anyMatch(Character::isLetterOrDigit) && !line.startsWith("***"))
        .collect(Collectors.joining(" "));
  }

  public Reason reason() {
    return reason;
  }
}
