package io.reeve.session;

import io.reeve.session.Session.Command;
import io.reeve.session.Session.Due;
import java.time.Duration;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/** The timers of a session, at most one for each thing that may be due. */
final class Reminders {

  private final TimerScheduler<Command> timers;

  Reminders(TimerScheduler<Command> timers) {
    this.timers = timers;
  }

  /** From now on it is due then, whatever was set before. */
  void set(Due due, Duration in) {
    timers.startSingleTimer(due, due, in);
  }

  /** It is due then, unless it is due sooner or later anyhow. */
  void setOnce(Due due, Duration in) {
    if (!timers.isTimerActive(due)) {
      set(due, in);
    }
  }

  void cancel(Due due) {
    timers.cancel(due);
  }
}
