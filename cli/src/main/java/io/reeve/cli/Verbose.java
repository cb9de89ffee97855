package io.reeve.cli;

/** How a command wants its errors shown. */
interface Verbose {

  /** With the stack trace. */
  boolean verbose();

  /** As a JSON document. */
  boolean json();
}
