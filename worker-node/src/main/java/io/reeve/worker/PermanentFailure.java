package io.reeve.worker;

import org.jspecify.annotations.Nullable;

/** Thrown by a handler: the task must not run again, whatever attempts are left. */
public class PermanentFailure extends Exception {

  private final String code;

  public PermanentFailure(String message) {
    this("", message, null);
  }

  /**
   * @param code a short name of the failure for machines; may be empty
   */
  public PermanentFailure(String code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public String code() {
    return code;
  }
}
