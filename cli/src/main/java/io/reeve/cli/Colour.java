package io.reeve.cli;

import io.reeve.v1.TaskState;

/** Colours of the terminal, each with one meaning. */
enum Colour {
  GOOD("32"),
  BAD("31"),
  BUSY("36"),
  QUIET("2"),
  TITLE("1");

  private static final String ESCAPE = "\u001b[";

  private final String code;

  Colour(String code) {
    this.code = code;
  }

  /** The text in this colour, or as it is when colours are not wanted. */
  String paint(String text, boolean wanted) {
    return wanted ? ESCAPE + code + "m" + text + ESCAPE + "0m" : text;
  }

  static Colour of(TaskState state) {
    return switch (state) {
      case TASK_STATE_COMPLETED -> GOOD;
      case TASK_STATE_DEAD, TASK_STATE_EXPIRED -> BAD;
      case TASK_STATE_LEASED -> BUSY;
      case TASK_STATE_CANCELLED, TASK_STATE_WAITING -> QUIET;
      case TASK_STATE_READY, TASK_STATE_UNSPECIFIED, UNRECOGNIZED -> TITLE;
    };
  }
}
