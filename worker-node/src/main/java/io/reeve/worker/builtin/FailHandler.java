package io.reeve.worker.builtin;

import io.reeve.worker.Failed;
import io.reeve.worker.PermanentFailure;
import io.reeve.worker.TaskContext;
import io.reeve.worker.TaskHandler;
import org.jspecify.annotations.Nullable;

/**
 * Fails, always or now and then: {@code {"rate": 0.5, "permanent": false, "message": "...", "seed":
 * 7}}, all optional; an empty payload fails every attempt.
 */
final class FailHandler implements TaskHandler {

  static final String EXAMPLE =
      "{\"rate\": 0.5, \"permanent\": false, \"message\": \"why\", \"seed\": 7}, all optional";

  /** What a task asks for. */
  record Order(
      @Nullable Double rate,
      @Nullable Boolean permanent,
      @Nullable String message,
      @Nullable Long seed) {

    static final Order PLAIN = new Order(null, null, null, null);
  }

  private final long seed;

  FailHandler(long seed) {
    this.seed = seed;
  }

  @Override
  public @Nullable Object handle(TaskContext task) throws Exception {
    var order = task.text().isBlank() ? Order.PLAIN : Orders.read(task, Order.class, EXAMPLE);
    double rate = order.rate() == null ? 1.0 : order.rate();
    if (!(rate >= 0 && rate <= 1)) {
      throw Orders.refused(EXAMPLE, "a rate outside of 0 to 1");
    }
    var start = order.seed() == null ? seed : order.seed();
    if (Chance.ofAttempt(start, task).nextDouble() >= rate) {
      return null;
    }
    var message = order.message() == null ? "failed as asked" : order.message();
    if (Boolean.TRUE.equals(order.permanent())) {
      throw new PermanentFailure("asked", message, null);
    }
    throw new Failed("asked", message);
  }
}
