package io.reeve.domain.partition;

import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Redriven;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.RetryEdits;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.UniqueClaim;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a person may do with dead tasks of one partition. A part of its {@link PartitionState},
 * whose promises about commands and events hold here as well.
 *
 * <p>A redrive marks the dead task and makes the new one in one event, so each dead task is
 * redriven once at most, whatever crashes and however often the command comes.
 */
public final class DeadLetters {

  private final Books books;
  private final TaskBook tasks;
  private final UniqueTasks unique;

  DeadLetters(Books books, UniqueTasks unique) {
    this.unique = unique;
    this.books = books;
    this.tasks = books.tasks;
  }

  /** What became of a command about one dead task. */
  public sealed interface Answer {

    /**
     * @param redrivenAs the new task that repeats it; 0: it is discarded
     * @param already an earlier command had done it
     */
    record Done(long redrivenAs, boolean already) implements Answer {}

    record Refused(Rejection reason) implements Answer {}

    /** The dead task stays as it is, since another one holds its unique key. */
    record KeyHeld(long holder) implements Answer {}

    /** The dead task stays as it is because of its unique key; others may be redriven. */
    record KeptByKey(Rejection reason) implements Answer {}
  }

  /**
   * What changes in a new task.
   *
   * @param retry for the rules
   * @param bytes the same as bytes to be appended to the specification
   */
  public record Edits(RetryEdits retry, byte[] bytes) {
    /** Nothing changes. */
    public static final Edits NONE = new Edits(RetryEdits.NONE, new byte[0]);
  }

  /**
   * Bounds of one step of a walk.
   *
   * @param max tasks that match
   * @param scanMax tasks looked at
   * @param bytesMax bytes of the specifications of those that match, about
   */
  public record Bounds(int max, int scanMax, long bytesMax) {}

  /**
   * One step of a walk over the dead letters that match, in the order of their numbers.
   *
   * @param matching tasks
   * @param next go on behind this number; -1: there are no more
   */
  public record Step(List<Task.Dead> matching, long next) {
    /** There is no next step. */
    public static final long NO_MORE = -1;
  }

  /** Dead tasks that nobody has decided about. */
  public int open() {
    return books.dead.openSize();
  }

  /** Open dead letters that the bounds pushed out since this state was made. */
  public long forgotten() {
    return books.dead.forgotten();
  }

  /**
   * Visits open dead letters with a number above {@code after}, in order, until the visitor says
   * false.
   */
  public void forEachAfter(long after, Predicate<Task.Dead> visitor) {
    books.dead.forEachOpenAfter(after, visitor);
  }

  /** The next open dead letters that match, behind the number {@code after}. */
  public Step next(long after, DeadFilter filter, Bounds bounds) {
    var matching = new ArrayList<Task.Dead>();
    var seen = new int[1];
    var bytes = new long[1];
    var last = new long[] {after};
    var more = new boolean[1];
    books.dead.forEachOpenAfter(
        after,
        task -> {
          if (matching.size() >= bounds.max() || seen[0] >= bounds.scanMax()) {
            more[0] = true;
            return false;
          }
          seen[0]++;
          if (filter.matches(task)) {
            bytes[0] += task.spec().bytes().length;
            if (!matching.isEmpty() && bytes[0] > bounds.bytesMax()) {
              more[0] = true;
              return false;
            }
            matching.add(task);
          }
          last[0] = task.spec().sequence();
          return true;
        });
    return new Step(matching, more[0] ? last[0] : Step.NO_MORE);
  }

  /**
   * Repeats a dead task as a new one. A second time: tells the new task of the first time.
   *
   * @param claim of the dead task, which the new one takes over unless another task holds the key;
   *     null: none
   */
  public Answer redrive(
      long sequence,
      @Nullable UniqueClaim claim,
      Edits edits,
      String by,
      Now now,
      List<PartitionEvent> out) {
    var dead = tasks.get(sequence);
    if (dead instanceof Task.Dead open && open.isOpen()) {
      var withKey = claim == null ? null : refusalOf(sequence, claim, now);
      if (withKey != null) {
        return withKey;
      }
      var refusal =
          tasks.noRoomFor(
              1, open.spec().bytes().length + (long) edits.bytes().length, open.spec().profile());
      if (refusal != null) {
        return new Answer.Refused(refusal);
      }
    }
    var decision =
        dead.redrive(
            tasks.nextSequence,
            profile -> tasks.intern(edits.retry().of(profile)),
            edits.bytes(),
            by,
            now.wallMs());
    var refusal = books.carryOut(decision, out);
    if (refusal != null) {
      return new Answer.Refused(refusal);
    }
    if (claim != null && decision instanceof Redriven redriven) {
      books.emit(claim.takenBy(redriven.task().spec().sequence(), now.wallMs()), out);
    }
    return done(sequence, !(decision instanceof Redriven));
  }

  /** Why the dead task may not be repeated with its claim, or null. */
  private @Nullable Answer refusalOf(long sequence, UniqueClaim claim, Now now) {
    var holder = unique.inTheWayOf(sequence, claim, now.wallMs());
    if (holder != 0) {
      return new Answer.KeyHeld(holder);
    }
    var noRoom = unique.noRoomFor(claim);
    return noRoom == null ? null : new Answer.KeptByKey(noRoom);
  }

  /** Settles a dead task without another one. A second time changes nothing. */
  public Answer discard(long sequence, String by, Now now, List<PartitionEvent> out) {
    var events = out.size();
    var refusal = books.carryOut(tasks.get(sequence).discard(by, now.wallMs()), out);
    return refusal == null ? done(sequence, out.size() == events) : new Answer.Refused(refusal);
  }

  private Answer done(long sequence, boolean already) {
    return tasks.get(sequence) instanceof Task.Dead dead && dead.disposal() != null
        ? new Answer.Done(dead.disposal().redrivenAs(), already)
        : new Answer.Done(0, already);
  }
}
