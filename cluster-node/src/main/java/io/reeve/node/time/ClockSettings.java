package io.reeve.node.time;

import com.typesafe.config.Config;
import io.reeve.settings.Keys;
import java.time.Duration;

/**
 * How a node keeps time; read from {@code reeve.clock}.
 *
 * @param lookInterval between two looks at the reference
 * @param slewMax by which share the time may run faster or slower
 * @param warnAbove a distance from the reference that operators are told of
 */
public record ClockSettings(Duration lookInterval, double slewMax, Duration warnAbove) {

  /**
   * The settings in {@code config}, the whole configuration.
   *
   * @throws IllegalArgumentException when a value is out of its bounds; the message names the key
   */
  public static ClockSettings from(Config config) {
    var keys = new Keys(config, "reeve.clock");
    return new ClockSettings(
        keys.duration("look-interval", Duration.ofMillis(100), Duration.ofMinutes(10)),
        keys.number("slew-max", 0.0001, 0.5),
        keys.duration("warn-above", Duration.ofMillis(10), Duration.ofHours(1)));
  }
}
