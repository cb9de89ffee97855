package io.reeve.partition;

import io.reeve.domain.partition.DeadFilter;
import io.reeve.domain.partition.DeadLetters;
import io.reeve.domain.partition.DeadLetters.Answer;
import io.reeve.domain.partition.DeadLetters.Bounds;
import io.reeve.domain.partition.PartitionCounts;
import io.reeve.domain.task.ErrorGroup;
import io.reeve.domain.task.Rejection;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.UniqueClaim;
import io.reeve.domain.task.UniqueKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Serves clients that look after tasks that died. */
final class DeadDesk {

  /** Groups of one answer, at most. With their texts they fit into a message between nodes. */
  static final int GROUPS_MAX = 1_000;

  private final int partition;
  private final int rowBytesMax;
  private final @Nullable PartitionCounts homesOfKeys;
  private final Outbox outbox;
  private final TaskReader reader;

  /**
   * @param rowBytesMax bytes of specifications that one slice of a redrive brings into a row, about
   * @param homesOfKeys the partitions that unique keys were and are spread over; null: this one has
   *     all
   */
  DeadDesk(
      int partition,
      int rowBytesMax,
      @Nullable PartitionCounts homesOfKeys,
      Outbox outbox,
      TaskReader reader) {
    this.partition = partition;
    this.rowBytesMax = rowBytesMax;
    this.homesOfKeys = homesOfKeys;
    this.outbox = outbox;
    this.reader = reader;
  }

  void carryOut(Clients.DeadCall call, Draft draft) {
    outbox.reply(call.replyTo(), answer(call, draft));
  }

  private Clients.Reply answer(Clients.DeadCall call, Draft draft) {
    if (call instanceof Clients.ListDead list) {
      return list(list, draft);
    } else if (call instanceof Clients.GroupDead group) {
      return group(group, draft.dead());
    } else if (call instanceof Clients.DisposeDead dispose) {
      return dispose(dispose, draft);
    } else if (call instanceof Clients.Redrive redrive) {
      return redrive(redrive, draft);
    }
    return discard((Clients.Discard) call, draft);
  }

  private Clients.Reply list(Clients.ListDead c, Draft draft) {
    var page = new ArrayList<TaskView>();
    var bytes = 0L;
    var last = c.after();
    var step =
        draft
            .dead()
            .next(c.after(), c.filter(), new Bounds(c.pageSize(), c.scanMax(), Long.MAX_VALUE));
    for (var task : step.matching()) {
      var full = reader.view(task, draft.now().wallMs());
      var view = c.omitBytes() ? full.withoutBytes() : full;
      bytes += view.bytes();
      if (!page.isEmpty() && bytes > c.bytesMax()) {
        return new Clients.Listed(page, last);
      }
      page.add(view);
      last = task.spec().sequence();
    }
    return new Clients.Listed(page, step.next());
  }

  static Clients.DeadGroups group(Clients.GroupDead c, DeadLetters dead) {
    Map<ErrorGroup, Clients.DeadGroup> groups = new LinkedHashMap<>();
    var last = c.after();
    var step =
        dead.next(c.after(), c.filter(), new Bounds(c.scanMax(), c.scanMax(), Long.MAX_VALUE));
    for (var task : step.matching()) {
      var diedAtMs = task.finishedAtMs();
      var one =
          new Clients.DeadGroup(
              DeadFilter.groupOf(task), 1, diedAtMs, diedAtMs, task.spec().sequence());
      if (groups.size() >= GROUPS_MAX && !groups.containsKey(one.error())) {
        return new Clients.DeadGroups(List.copyOf(groups.values()), last);
      }
      groups.merge(one.error(), one, DeadDesk::joined);
      last = task.spec().sequence();
    }
    return new Clients.DeadGroups(List.copyOf(groups.values()), step.next());
  }

  private static Clients.DeadGroup joined(Clients.DeadGroup one, Clients.DeadGroup other) {
    return new Clients.DeadGroup(
        one.error(),
        one.count() + other.count(),
        Math.min(one.firstDiedAtMs(), other.firstDiedAtMs()),
        Math.max(one.lastDiedAtMs(), other.lastDiedAtMs()),
        one.sample());
  }

  private Clients.Reply redrive(Clients.Redrive c, Draft draft) {
    if (draft.state().get(c.sequence()) == Task.Absent.TASK) {
      return reader.unknown(c.sequence());
    }
    return replyOf(c.sequence(), redrive(c.sequence(), c.edits(), c.by(), draft));
  }

  private Answer redrive(long sequence, DeadLetters.Edits edits, String by, Draft draft) {
    @Nullable UniqueClaim claim = null;
    try {
      claim = claimOf(draft.state().get(sequence));
    } catch (IOException e) {
      // Written by a release without claims, for another meaning.
      return kept(Rejection.Code.WRONG_STATE, "an unreadable claim of one; submit it anew");
    }
    if (claim != null && !isSoleHomeOf(claim.key())) {
      return kept(
          Rejection.Code.WRONG_STATE,
          "one that may be held elsewhere since the partitions became more; submit it anew");
    }
    var answer = draft.dead().redrive(sequence, claim, edits, by, draft.now(), draft.events());
    return answer instanceof Answer.KeyHeld held
        ? kept(
            Rejection.Code.ALREADY_EXISTS,
            "one that task " + new TaskId(partition, held.holder()) + " holds")
        : answer;
  }

  private static Answer kept(Rejection.Code code, String got) {
    return new Answer.KeptByKey(
        new Rejection(code, "expected a dead task whose unique key is free, got " + got));
  }

  private static @Nullable UniqueClaim claimOf(Task task) throws IOException {
    return task instanceof Task.Dead dead && dead.isOpen()
        ? StoredClaims.of(task.spec().bytes(), task.spec().profile().tenant())
        : null;
  }

  /** Whether no other partition may have given the key away since the dead task had it. */
  private boolean isSoleHomeOf(UniqueKey key) {
    return homesOfKeys == null || homesOfKeys.isSoleHome(key.name(), partition);
  }

  private Clients.Reply discard(Clients.Discard c, Draft draft) {
    if (draft.state().get(c.sequence()) == Task.Absent.TASK) {
      return reader.unknown(c.sequence());
    }
    return replyOf(
        c.sequence(), draft.dead().discard(c.sequence(), c.by(), draft.now(), draft.events()));
  }

  private Clients.Reply replyOf(long sequence, Answer answer) {
    if (answer instanceof Answer.Done done) {
      return new Clients.Disposed(partition, sequence, done.redrivenAs(), done.already());
    }
    return new Clients.Refused(
        answer instanceof Answer.KeptByKey kept
            ? kept.reason()
            : ((Answer.Refused) answer).reason());
  }

  /**
   * Goes as far as there is room; a refusal of the first one is the answer. Those that their unique
   * key keeps from being redriven stay as they are.
   */
  private Clients.Reply dispose(Clients.DisposeDead c, Draft draft) {
    var bounds = new Bounds(c.max(), c.scanMax(), c.redrive() ? rowBytesMax : Long.MAX_VALUE);
    var step = draft.dead().next(c.after(), c.filter(), bounds);
    var last = c.after();
    var count = 0;
    for (var task : step.matching()) {
      var sequence = task.spec().sequence();
      var answer =
          c.redrive()
              ? redrive(sequence, c.edits(), c.by(), draft)
              : draft.dead().discard(sequence, c.by(), draft.now(), draft.events());
      if (answer instanceof Answer.Done) {
        count++;
      } else if (answer instanceof Answer.Refused refused) {
        return count == 0
            ? new Clients.Refused(refused.reason())
            : new Clients.DisposedSlice(count, last);
      }
      last = sequence;
    }
    return new Clients.DisposedSlice(count, step.next());
  }
}
