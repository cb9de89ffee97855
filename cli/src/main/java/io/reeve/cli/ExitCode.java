package io.reeve.cli;

import io.grpc.Status;

/** The exit codes of {@code reeve}, the same for every command. */
public enum ExitCode {
  OK(0, "All went well."),
  FAILED(
      1,
      "A task or a run failed (dead, cancelled, expired, lost or wrong), or the output could not"
          + " be written."),
  USAGE(2, "The command line or the configuration is wrong."),
  UNREACHABLE(3, "The server cannot be reached or did not answer in time."),
  REFUSED(4, "The server refused; the message says why."),
  NOT_FOUND(5, "The task or schedule does not exist, or no longer exists."),
  PARTLY(
      6,
      "Some tasks succeeded and others were refused, or some partitions did not answer in time; the"
          + " messages say which."),
  STORE_REFUSED(
      7,
      "A node or a command refused the store, because it is damaged or lost acknowledged tasks;"
          + " see 'reeve store accept-loss'."),
  STORE_REMOVED(8, "Files of the store of a node were removed or replaced while it ran."),
  READER_GONE(141, "The reader of the output ended early, as 'head' does.");

  private final int number;
  private final String meaning;

  ExitCode(int number, String meaning) {
    this.number = number;
    this.meaning = meaning;
  }

  public int number() {
    return number;
  }

  public String meaning() {
    return meaning;
  }

  /** The exit code after a call that ended with this gRPC code. */
  static ExitCode of(Status.Code code) {
    return switch (code) {
      case OK -> OK;
      case NOT_FOUND -> NOT_FOUND;
      case UNAVAILABLE, DEADLINE_EXCEEDED -> UNREACHABLE;
      case CANCELLED -> FAILED;
      case INVALID_ARGUMENT,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          RESOURCE_EXHAUSTED,
          FAILED_PRECONDITION,
          ABORTED,
          OUT_OF_RANGE,
          UNIMPLEMENTED,
          INTERNAL,
          DATA_LOSS,
          UNAUTHENTICATED,
          UNKNOWN ->
          REFUSED;
    };
  }
}
