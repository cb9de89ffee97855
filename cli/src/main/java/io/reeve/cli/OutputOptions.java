package io.reeve.cli;

import picocli.CommandLine.Option;

/** How a command answers. */
final class OutputOptions {

  /** For people or for programs. */
  enum Format {
    human,
    json
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "human|json",
      defaultValue = "human",
      description =
          "human: for people. json: for programs, one JSON document, or one per line if there"
              + " are several, with stable field names. Default: human.")
  Format format = Format.human;

  @Option(names = "--verbose", description = "Show the stack trace of an error.")
  boolean verbose;

  boolean json() {
    return format == Format.json;
  }
}
