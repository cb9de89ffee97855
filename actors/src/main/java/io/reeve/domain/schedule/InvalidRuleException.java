package io.reeve.domain.schedule;

/** A rule of a schedule that cannot work. The message says which part was expected to differ. */
public final class InvalidRuleException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  InvalidRuleException(String message) {
    super(message);
  }

  InvalidRuleException(String message, Throwable cause) {
    super(message, cause);
  }
}
