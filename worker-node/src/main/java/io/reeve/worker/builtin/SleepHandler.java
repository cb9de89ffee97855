package io.reeve.worker.builtin;

import com.fasterxml.jackson.databind.JsonNode;
import io.reeve.worker.Rejected;
import io.reeve.worker.TaskContext;
import io.reeve.worker.TaskHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Does nothing for a time: the payload is a time with a unit such as {@code 500ms}, the same as a
 * JSON string, or {@code {"duration": "500ms"}}. Ends at once when the attempt is to stop.
 */
final class SleepHandler implements TaskHandler {

  static final String EXAMPLE = "500ms or {\"duration\": \"500ms\"}";

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
      var duration = Orders.read(task, Order.class, EXAMPLE).duration();
      if (duration == null || duration.isNull()) {
        throw Orders.refused(EXAMPLE, "no duration");
      }
      return Times.of(duration);
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
