package io.reeve.edge.grpc;

import java.util.function.Consumer;

/**
 * One bound of one field of a request.
 *
 * @param at sets the value at the bound
 * @param beyond sets the next value beyond it
 */
record Bound<B>(String field, String which, String reason, Consumer<B> at, Consumer<B> beyond) {

  static <B> Bound<B> of(String field, String which, Consumer<B> at, Consumer<B> beyond) {
    return new Bound<>(field, which, "INVALID_REQUEST", at, beyond);
  }

  Bound<B> withReason(String other) {
    return new Bound<>(field, which, other, at, beyond);
  }

  @Override
  public String toString() {
    return field + ", " + which;
  }
}
