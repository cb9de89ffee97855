package io.reeve.domain.task;

import io.reeve.domain.schedule.ScheduleTiming;
import java.util.Arrays;

/**
 * A schedule as a client sets it: when it fires, and the task that it makes each time.
 *
 * @param name one schedule of the system; from 1 to {@link #NAME_LENGTH_MAX} characters
 * @param profile of the tasks
 * @param template bytes of the reeve.v1.TaskSpec of the tasks, without the fields that the server
 *     sets; shared, never changed
 */
public record ScheduleDefinition(
    String name, ScheduleTiming timing, TaskProfile profile, byte[] template) {

  /** Characters of a name, at most. */
  public static final int NAME_LENGTH_MAX = 128;

  public ScheduleDefinition {
    if (name.isEmpty() || name.length() > NAME_LENGTH_MAX) {
      throw new IllegalArgumentException(
          "expected a name from 1 to %d characters, got %d"
              .formatted(NAME_LENGTH_MAX, name.length()));
    }
  }

  /** The same with these parts, which are equal to its own and shared with other definitions. */
  public ScheduleDefinition sharing(ScheduleTiming timing, TaskProfile profile) {
    return new ScheduleDefinition(name, timing, profile, template);
  }

  /** Its bytes, as far as a client decides how many they are. */
  public int bytes() {
    var codes = profile.retry().neverRetryCodes().stream().mapToInt(String::length).sum();
    return template.length + timing.rule().bytes() + 2 * (name.length() + codes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ScheduleDefinition definition
        && name.equals(definition.name)
        && timing.equals(definition.timing)
        && profile.equals(definition.profile)
        && Arrays.equals(template, definition.template);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  /** Without the template, which may hold a payload. */
  @Override
  public String toString() {
    return "ScheduleDefinition[%s, %s, %s, %d bytes]"
        .formatted(name, timing, profile, template.length);
  }
}
