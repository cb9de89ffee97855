package io.reeve.domain.dispatch;

/**
 * Why a ready task does not start, and when it may.
 *
 * @param startInNanos from now on, about; {@link #NOT_KNOWN} where nothing can be told
 */
public record StreamExplanation(Blocker blocker, StreamView view, long startInNanos) {

  /** No start can be estimated. */
  public static final long NOT_KNOWN = -1;

  /**
   * @param holdTimeNanos for how long a task holds its slot on average; 0: not known
   */
  static StreamExplanation of(StreamView view, long holdTimeNanos) {
    var blocker = Blockers.first(view);
    return new StreamExplanation(blocker, view, startIn(blocker, view, holdTimeNanos));
  }

  /**
   * One slot comes free every {@code holdTimeNanos / slots}, and goes to those ahead first, then to
   * this one.
   */
  private static long startIn(Blocker blocker, StreamView view, long holdTimeNanos) {
    return switch (blocker) {
      case ON_ITS_WAY -> 0;
      case BEHIND, LANE_RESERVED, NO_CREDIT -> {
        if (holdTimeNanos == 0 || view.slots() == 0) {
          yield NOT_KNOWN;
        }
        var turns = 1.0 + view.aheadTotal() + view.others();
        yield Math.round(turns * holdTimeNanos / view.slots());
      }
      case PARTITION_AWAY,
          QUEUE_PAUSED,
          NO_WORKER_FOR_QUEUE,
          NO_WORKER_FOR_KIND,
          NO_WORKER_WITH_LABELS,
          WORKERS_DRAINING,
          QUARANTINE,
          UNKNOWN ->
          NOT_KNOWN;
    };
  }
}
