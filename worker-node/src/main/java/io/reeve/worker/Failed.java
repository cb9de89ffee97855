package io.reeve.worker;

/**
 * Thrown by a handler: the attempt failed, with a code for machines. Runs again as the retry policy
 * says, like any other exception; those have the name of their class for a code.
 */
public final class Failed extends Exception {

  private final String code;

  public Failed(String code, String message) {
    super(message);
    this.code = code;
  }

  public String code() {
    return code;
  }
}
