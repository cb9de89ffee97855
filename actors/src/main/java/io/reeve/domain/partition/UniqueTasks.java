package io.reeve.domain.partition;

import io.reeve.domain.partition.PartitionState.Answer;
import io.reeve.domain.task.OnCollision;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.UniqueClaim;
import io.reeve.domain.task.UniqueMet;
import io.reeve.domain.task.UniqueTaken;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Submissions of tasks that are to be the only ones of their key. A part of its {@link
 * PartitionState}, whose promises about commands and events hold here as well.
 *
 * <p>The partition that is the home of a key makes all tasks with it, one command after the other.
 * What a command changes is one row: the former task ends, the new one comes in and takes the key,
 * or nothing of that. So no two tasks hold a key at one time, whatever crashes.
 */
public final class UniqueTasks {

  /** Why a task is cancelled whose place another one takes. */
  public static final String REPLACED = "a newer task with the same unique key took its place";

  private final PartitionState state;
  private final Books books;
  private final UniqueBook keys;

  UniqueTasks(PartitionState state, Books books) {
    this.state = state;
    this.books = books;
    this.keys = books.unique;
  }

  /** Keys that are held. */
  public int size() {
    return keys.size();
  }

  /**
   * Adds a task that claims a key. An answer of no tasks names the one that holds the key.
   *
   * @param mayAdd whether the task may be added where no other one holds the key
   * @return null when no task holds the key here and none may be added
   */
  public @Nullable Answer submit(
      String requestId,
      long bodyHash,
      Incoming task,
      UniqueClaim claim,
      boolean mayAdd,
      Now now,
      List<PartitionEvent> out) {
    var known = state.known(requestId, bodyHash, now);
    if (known != null) {
      return known;
    }
    var holder = keys.holder(claim.key(), now.wallMs());
    if (holder == null) {
      return mayAdd ? add(requestId, bodyHash, task, claim, null, now, out) : null;
    }
    if (claim.onCollision() == OnCollision.REPLACE && !hasStarted(holder)) {
      return add(requestId, bodyHash, task, claim, holder, now, out);
    }
    return met(requestId, bodyHash, claim, holder, now, out);
  }

  private boolean hasStarted(UniqueTaken holder) {
    return !(books.tasks.get(holder.sequence()) instanceof Task.Queued queued)
        || queued.hasStarted();
  }

  private Answer add(
      String requestId,
      long bodyHash,
      Incoming task,
      UniqueClaim claim,
      @Nullable UniqueTaken former,
      Now now,
      List<PartitionEvent> out) {
    var noRoom = keys.noRoomFor(claim.key());
    if (noRoom != null) {
      return new Answer.Refused(noRoom);
    }
    var added = state.submit(requestId, bodyHash, List.of(task), now, out);
    if (added instanceof Answer.Taken taken) {
      // Only now, since nothing may end for a task that finds no room.
      if (former != null) {
        books.carryOut(books.tasks.get(former.sequence()).cancel(REPLACED, now.wallMs()), out);
      }
      books.emit(claim.takenBy(taken.firstSequence(), now.wallMs()), out);
    }
    return added;
  }

  /** A refusal is not remembered, as no other is: the same call may be made again. */
  private Answer met(
      String requestId,
      long bodyHash,
      UniqueClaim claim,
      UniqueTaken holder,
      Now now,
      List<PartitionEvent> out) {
    if (claim.onCollision() == OnCollision.RETURN_FIRST && !requestId.isEmpty()) {
      var noRoom = books.requests.noRoomFor(requestId, now.wallMs());
      if (noRoom != null) {
        return new Answer.Refused(noRoom);
      }
      books.emit(new UniqueMet(requestId, bodyHash, holder.sequence(), now.wallMs()), out);
    }
    return new Answer.Taken(holder.sequence(), 0, now.wallMs(), false);
  }

  /**
   * The task that keeps a dead one from being repeated with its key; 0: none.
   *
   * @param sequence of the dead task, which may still hold the key itself
   */
  long inTheWayOf(long sequence, UniqueClaim claim, long nowMs) {
    var holder = keys.holder(claim.key(), nowMs);
    return holder == null || holder.sequence() == sequence ? 0 : holder.sequence();
  }

  /** Why the key finds no room, or null. */
  @Nullable Rejection noRoomFor(UniqueClaim claim) {
    return keys.noRoomFor(claim.key());
  }
}
