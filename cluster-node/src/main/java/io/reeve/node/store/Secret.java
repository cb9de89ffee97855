package io.reeve.node.store;

/** A text that is never printed: whoever needs it has to say so. */
final class Secret {

  private final String value;

  Secret(String value) {
    this.value = value;
  }

  String reveal() {
    return value;
  }

  @Override
  public String toString() {
    return "***";
  }
}
