package io.reeve.worker;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls an action for each SIGINT and SIGTERM. The JVM itself hears only the first: from then on it
 * is shutting down, and a second Ctrl-C has no effect.
 */
final class StopSignals {

  private static final Logger LOG = LoggerFactory.getLogger(StopSignals.class);

  private StopSignals() {}

  /** Takes the signals over, where the JVM has the means; otherwise it goes on as by default. */
  static void handle(Runnable action) {
    for (var name : List.of("INT", "TERM")) {
      try {
        handle(name, action);
      } catch (ReflectiveOperationException | IllegalArgumentException unsupported) {
        LOG.debug("signal {} stays with the JVM", name.toLowerCase(Locale.ROOT), unsupported);
      }
    }
  }

  /** {@code Signal.handle(new Signal(name), signal -> action.run())}; javac warns of the class. */
  private static void handle(String name, Runnable action) throws ReflectiveOperationException {
    var signal = Class.forName("sun.misc.Signal");
    var handler = Class.forName("sun.misc.SignalHandler");
    var proxy =
        Proxy.newProxyInstance(
            StopSignals.class.getClassLoader(),
            new Class<?>[] {handler},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "handle" -> {
                    action.run();
                    yield null;
                  }
                  case "hashCode" -> System.identityHashCode(self);
                  case "equals" -> self == arguments[0];
                  default -> "the worker's handler of signals";
                });
    try {
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (InvocationTargetException refused) {
      throw new IllegalArgumentException(refused.getCause());
    }
  }
}
