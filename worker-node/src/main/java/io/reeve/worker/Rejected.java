package io.reeve.worker;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a handler that cannot run such a task at all, because its payload cannot be read or
 * asks for something that is not allowed. The task must not run again. It is recorded as rejected,
 * not as failed.
 */
public final class Rejected extends PermanentFailure {

  public Rejected(String code, String message) {
    this(code, message, null);
  }

  public Rejected(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
