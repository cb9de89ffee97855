package io.reeve.worker.builtin;

import io.reeve.worker.TaskHandler;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The built-in kinds by name. */
public final class Builtin {

  private Builtin() {}

  /**
   * The handlers of the kinds that the settings want served.
   *
   * @param environment the worker's own variables, by name
   * @param nanos the monotonic clock
   * @param millis the wall clock
   */
  public static Map<String, TaskHandler> handlers(
      BuiltinSettings settings,
      UnaryOperator<@Nullable String> environment,
      LongSupplier nanos,
      LongSupplier millis) {
    var handlers = new LinkedHashMap<String, TaskHandler>();
    for (var kind : settings.kinds()) {
      handlers.put(
          kind,
          switch (kind) {
            case "exec" ->
                new ExecHandler(settings.exec(), environment, nanos, NativeText.ofThisJvm());
            case "http" -> new HttpHandler(settings.http(), nanos, millis);
            case "sleep" -> new SleepHandler();
            case "echo" -> task -> task.payload();
            case "fail" -> new FailHandler(settings.seed());
            case "simulate" -> new SimulateHandler(settings.simulate(), settings.seed());
            default -> throw new IllegalArgumentException("expected a built-in kind, got " + kind);
          });
    }
    return handlers;
  }
}
