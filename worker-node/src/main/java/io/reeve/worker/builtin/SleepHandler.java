package io.reeve.worker.builtin;

import com.fasterxml.jackson.databind.JsonNode;
import io.reeve.worker.Rejected;
import io.reeve.worker.TaskContext;
import io.reeve.worker.TaskHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Does nothing for a time: the payload is a number of seconds, a text with a unit, or {@code
 * {"duration": "500ms"}}. Ends at once when it is told to.
 */
final class SleepHandler implements TaskHandler {

  /** What a task asks for. */
  record Order(@Nullable JsonNode duration) {}

  @Override
  public @Nullable Object handle(TaskContext task) throws Exception {
    sleep(duration(task));
    return null;
  }

  private static Duration duration(TaskContext task) throws Rejected {
    var text = task.text().strip();
    if (text.startsWith("{")) {
      var duration = task.payloadAs(Order.class).duration();
      if (duration == null || duration.isNull()) {
        throw new Rejected("PAYLOAD_UNREADABLE", "expected a duration, got none");
      }
      return Times.of(duration, Duration.ZERO);
    }
    if (text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")) {
      return Times.text(text.substring(1, text.length() - 1));
    }
    return Times.text(text);
  }

  static void sleep(Duration duration) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(duration.toNanos());
  }
}
