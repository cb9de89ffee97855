package io.reeve.domain.rules;

/**
 * The settings of one queue.
 *
 * @param version at which they were set; 0: never
 */
public record QueueRule(long version, QueueSettings settings) {

  /** That of a queue that nobody set anything for. */
  public static final QueueRule NONE = new QueueRule(0, QueueSettings.PLAIN);

  /** The same without a pause that is over; {@link #NONE} if nothing is left. */
  public QueueRule at(long nowMs) {
    var pause = settings.pause();
    if (pause == null || pause.holds(nowMs)) {
      return this;
    }
    var left = settings.with(null);
    return left.equals(QueueSettings.PLAIN) ? NONE : new QueueRule(version, left);
  }
}
