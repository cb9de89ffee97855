package io.reeve.postgres;

import org.jspecify.annotations.Nullable;

/** A server could not be set up, started or ended; the message is for the person who asked. */
public final class LocalPostgresException extends RuntimeException {

  private static final long serialVersionUID = 1;

  LocalPostgresException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  LocalPostgresException(String message) {
    this(message, null);
  }
}
