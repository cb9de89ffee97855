package io.reeve.domain.task;

/**
 * A writer took the journal of its partition over. Its numbers begin where no writer before it can
 * have been, also one that wrote behind an older copy of the journal which was restored since.
 *
 * @param startNo one more than that of the writer before; from 1
 * @param startId random, so that two writers with one number are told apart
 * @param firstSequence of the next task
 */
public record WriterStarted(long startNo, long startId, long firstSequence, long atMs)
    implements PartitionEvent {

  /** 2026-01-01T00:00:00Z. */
  private static final long ORIGIN_MS = 1_767_225_600_000L;

  /** Numbers that a second is good for: 134 million. */
  private static final int NUMBERS_PER_SECOND_BITS = 27;

  /**
   * The event with which a writer begins. Its first number is the number of seconds since 2026
   * times 2^27, or the next one in line where that is larger. A partition takes fewer tasks a
   * second, so no number repeats as long as a later start has a later clock.
   */
  public static WriterStarted next(long startsBefore, long startId, long nextSequence, long nowMs) {
    var seconds = Math.max(0, nowMs - ORIGIN_MS) / 1_000;
    var first = Math.max(nextSequence, seconds << NUMBERS_PER_SECOND_BITS);
    return new WriterStarted(startsBefore + 1, startId, first, nowMs);
  }

  @Override
  public <R> R accept(Visitor<R> visitor) {
    return visitor.writerStarted(this);
  }
}
