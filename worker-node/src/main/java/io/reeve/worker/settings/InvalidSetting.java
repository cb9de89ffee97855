package io.reeve.worker.settings;

/**
 * A setting or environment variable that the worker cannot start with. The message names it, the
 * allowed values and the given value.
 */
public final class InvalidSetting extends IllegalArgumentException {

  public InvalidSetting(String name, String expected, String got) {
    super(name + ": expected " + expected + ", got " + got);
  }
}
