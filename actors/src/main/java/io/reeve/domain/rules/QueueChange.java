package io.reeve.domain.rules;

/**
 * A wish to change the settings of a queue. The same wish again changes nothing, so whoever got no
 * answer may repeat it.
 */
public sealed interface QueueChange {

  String queue();

  /** Who wants it, for people. */
  String by();

  /** Why, for people. */
  String reason();

  /**
   * All settings but the pause, which stays as it is.
   *
   * @param expectedVersion that the queue's settings must have; {@link #ANY_VERSION}: no matter
   */
  record Configure(
      String queue,
      int weight,
      LanePreference lanes,
      long expectedVersion,
      String by,
      String reason)
      implements QueueChange {}

  /**
   * Nothing of the queue starts any more. What runs goes on.
   *
   * @param untilMs milliseconds since the epoch, UTC; 0: until somebody resumes the queue
   */
  record PauseUntil(String queue, long untilMs, String by, String reason) implements QueueChange {}

  /** The queue goes on. */
  record Resume(String queue, String by, String reason) implements QueueChange {}

  long ANY_VERSION = -1;
}
