package io.reeve.cli.cluster;

import io.reeve.client.TaskRequest;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * The tasks of the demonstration, each following from its number alone, so that its result can be
 * told beforehand: short ones and some that take a while, a quarter of them urgent, some delayed.
 */
final class DemoTask {

  private static final String NAME = "cluster-demo ";
  private static final int SLEEP_EVERY = 5;
  private static final int URGENT_EVERY = 4;
  private static final int DELAYED_EVERY = 20;
  private static final int SLEEP_STEP_MS = 50;
  private static final int SLEEP_STEPS = 6;
  private static final Duration DELAY = Duration.ofSeconds(2);

  private DemoTask() {}

  static TaskRequest request(int number) {
    var request =
        sleeps(number)
            ? TaskRequest.of("sleep").payload((1 + number % SLEEP_STEPS) * SLEEP_STEP_MS + "ms")
            : TaskRequest.of("echo").payload(result(number));
    request.name(NAME + number);
    if (number % URGENT_EVERY == 1) {
      request.urgent();
    }
    if (number % DELAYED_EVERY == 7) {
      request.delay(DELAY);
    }
    return request.build();
  }

  /** The expected result. */
  static String result(int number) {
    return sleeps(number) ? "" : "result of " + number;
  }

  /** The number in a task's name; empty for a task that is not of a demonstration. */
  static OptionalInt number(String name) {
    return name.startsWith(NAME)
        ? OptionalInt.of(Integer.parseInt(name.substring(NAME.length())))
        : OptionalInt.empty();
  }

  private static boolean sleeps(int number) {
    return number % SLEEP_EVERY == 0;
  }
}
