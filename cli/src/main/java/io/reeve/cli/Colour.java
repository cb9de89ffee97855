package io.reeve.cli;

import io.reeve.v1.TaskState;
import picocli.CommandLine.Help.Ansi.Style;

/** Colours of the terminal, each with one meaning. */
enum Colour {
  GOOD(Style.fg_green),
  BAD(Style.fg_red),
  BUSY(Style.fg_cyan),
  QUIET(Style.faint),
  TITLE(Style.bold);

  private final Style style;

  Colour(Style style) {
    this.style = style;
  }

  /** The text in this colour, or as it is when colours are not wanted. */
  String paint(String text, boolean wanted) {
    return wanted ? style.on() + text + Style.reset.on() : text;
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
