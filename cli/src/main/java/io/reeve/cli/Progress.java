package io.reeve.cli;

import java.util.concurrent.atomic.AtomicBoolean;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A progress bar on standard error when a person sits there, and nothing otherwise. */
final class Progress implements AutoCloseable {

  private static final int INTERVAL_MILLIS = 200;

  private final @Nullable ProgressBar bar;
  private final AtomicBoolean closed = new AtomicBoolean();

  private Progress(@Nullable ProgressBar bar) {
    this.bar = bar;
  }

  static Progress of(Terminal terminal, String name, long max) {
    if (!terminal.progress()) {
      return new Progress(null);
    }
    return new Progress(
        new ProgressBarBuilder()
            .setTaskName(name)
            .setInitialMax(max)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(INTERVAL_MILLIS)
            .setMaxRenderedLength(terminal.columns() - 1)
            .showSpeed()
            .setConsumer(new ConsoleProgressBarConsumer(terminal.err(), terminal.columns() - 1))
            .build());
  }

  void stepBy(long steps) {
    if (bar != null && !closed.get()) {
      bar.stepBy(steps);
    }
  }

  void stepTo(long step) {
    if (bar != null && !closed.get()) {
      bar.stepTo(step);
    }
  }

  /** Sets the text after the bar, for instance how many tasks run. */
  void message(String message) {
    if (bar != null) {
      bar.setExtraMessage(" " + message);
    }
  }

  /** Removes the bar from its line. Later progress has no effect. */
  void finish() {
    if (bar != null && closed.compareAndSet(false, true)) {
      bar.close();
    }
  }

  @Override
  public void close() {
    finish();
  }
}
