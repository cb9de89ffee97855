package io.reeve.check;

/**
 * Something that must not be.
 *
 * @param what for people, in the shape "subject: what happened, and what was expected"
 */
public record Violation(Invariant invariant, String what) {
  @Override
  public String toString() {
    return invariant + " " + what;
  }
}
