package io.reeve.partition;

import io.reeve.domain.task.ScheduleDefinition;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * What clients ask a partition about schedules, and what it answers. A refusal is a {@link
 * Clients.Refused}.
 *
 * <p>A schedule lives in the partition that was the home of its name when it was made, see {@link
 * io.reeve.domain.partition.PartitionCounts}. Whoever looks for a name asks its home of now and its
 * homes of earlier counts, by {@link Get}.
 */
public final class Schedules {

  private Schedules() {}

  // ---- What clients ask -------------------------------------------------------------------------

  /** A call about one schedule or a page of them. */
  public sealed interface Call extends Clients.Call {}

  /**
   * Makes the schedule of this name, or changes its definition. The same again changes nothing.
   *
   * @param expectedVersion refused if there is another one; 0: any
   * @param mayCreate whether a new one may be made here; not where the home of the name was once,
   *     so that a name stands for one schedule
   */
  public record Set(
      ScheduleDefinition definition,
      long expectedVersion,
      boolean mayCreate,
      ActorRef<Clients.Reply> replyTo)
      implements Call {}

  /** Asks for one schedule. Refused as UNKNOWN_SCHEDULE where it is not. */
  public record Get(String name, ActorRef<Clients.Reply> replyTo) implements Call {}

  /**
   * Asks for schedules by name, those behind {@code after}.
   *
   * @param after a name; empty: from the first
   * @param prefix of the names; empty: all
   * @param bytesMax of the page, about; one schedule alone may have more
   * @param omitBytes leave the payloads of the templates out
   */
  public record ListSchedules(
      String after,
      String prefix,
      int pageSize,
      long bytesMax,
      boolean omitBytes,
      ActorRef<Clients.Reply> replyTo)
      implements Call {}

  /** The schedule makes no tasks but by hand until it is resumed. */
  public record Pause(String name, String reason, String by, ActorRef<Clients.Reply> replyTo)
      implements Call {}

  /** The schedule goes on. What was missed is dealt with as its definition says. */
  public record Resume(String name, ActorRef<Clients.Reply> replyTo) implements Call {}

  /**
   * Makes one task now and leaves the next run as it is. Answered by {@link Triggered}.
   *
   * @param requestId makes a repeat harmless; empty: none
   */
  public record Trigger(String name, String requestId, ActorRef<Clients.Reply> replyTo)
      implements Call {}

  /** Ends the schedule for good; its tasks stay. Answered with the last that it was. */
  public record Delete(String name, ActorRef<Clients.Reply> replyTo) implements Call {}

  /**
   * Makes the tasks of all planned instants in a range of the past, a few at a time, beside each
   * other and whatever was made for these instants before.
   *
   * @param requestId makes a repeat harmless; empty: none
   * @param toMs not in the future
   */
  public record Backfill(
      String name, String requestId, long fromMs, long toMs, ActorRef<Clients.Reply> replyTo)
      implements Call {}

  /** Ends a backfill in progress; the tasks that it made stay. */
  public record StopBackfill(String name, ActorRef<Clients.Reply> replyTo) implements Call {}

  // ---- What they are answered -------------------------------------------------------------------

  public sealed interface Reply extends Clients.Reply {}

  /** The schedule as it is now. */
  public record Is(ScheduleView schedule) implements Reply {}

  /**
   * The schedule is durable.
   *
   * @param before its definition before the call, without the payload; null: the call made it
   * @param changed whether the call changed something
   */
  public record WasSet(ScheduleView schedule, @Nullable ScheduleDefinition before, boolean changed)
      implements Reply {}

  /**
   * A task was made by hand.
   *
   * @param sequence of the task
   * @param already an earlier call with the same request id made it
   */
  public record Triggered(ScheduleView schedule, long sequence, boolean already) implements Reply {}

  /**
   * @param next pass it as {@code after} for the next page; empty when there is none
   */
  public record Listed(List<ScheduleView> schedules, String next) implements Reply {}
}
