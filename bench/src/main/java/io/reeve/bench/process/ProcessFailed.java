package io.reeve.bench.process;

/**
 * A process of a run did not start, did not answer, or ended on its own. The message has the last
 * lines that the process wrote.
 */
public final class ProcessFailed extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public ProcessFailed(String message) {
    super(message);
  }

  public ProcessFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
