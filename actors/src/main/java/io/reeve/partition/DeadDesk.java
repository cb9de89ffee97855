package io.reeve.partition;

import io.reeve.domain.partition.DeadFilter;
import io.reeve.domain.partition.DeadLetters;
import io.reeve.domain.partition.DeadLetters.Answer;
import io.reeve.domain.partition.DeadLetters.Bounds;
import io.reeve.domain.task.ErrorGroup;
import io.reeve.domain.task.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Serves clients that look after tasks that died. */
final class DeadDesk {

  /** Groups of one answer, at most. With their texts they fit into a message between nodes. */
  static final int GROUPS_MAX = 1_000;

  private final int partition;
  private final int rowBytesMax;
  private final Outbox outbox;
  private final TaskReader reader;

  /**
   * @param rowBytesMax bytes of specifications that one slice of a redrive brings into a row, about
   */
  DeadDesk(int partition, int rowBytesMax, Outbox outbox, TaskReader reader) {
    this.partition = partition;
    this.rowBytesMax = rowBytesMax;
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
    return replyOf(
        c.sequence(),
        draft.dead().redrive(c.sequence(), c.edits(), c.by(), draft.now(), draft.events()));
  }

  private Clients.Reply discard(Clients.Discard c, Draft draft) {
    if (draft.state().get(c.sequence()) == Task.Absent.TASK) {
      return reader.unknown(c.sequence());
    }
    return replyOf(
        c.sequence(), draft.dead().discard(c.sequence(), c.by(), draft.now(), draft.events()));
  }

  private Clients.Reply replyOf(long sequence, Answer answer) {
    return answer instanceof Answer.Done done
        ? new Clients.Disposed(partition, sequence, done.redrivenAs(), done.already())
        : new Clients.Refused(((Answer.Refused) answer).reason());
  }

  /** Goes as far as there is room; a refusal of the first one is the answer. */
  private Clients.Reply dispose(Clients.DisposeDead c, Draft draft) {
    var bounds = new Bounds(c.max(), c.scanMax(), c.redrive() ? rowBytesMax : Long.MAX_VALUE);
    var step = draft.dead().next(c.after(), c.filter(), bounds);
    var last = c.after();
    var count = 0;
    for (var task : step.matching()) {
      var sequence = task.spec().sequence();
      var answer =
          c.redrive()
              ? draft.dead().redrive(sequence, c.edits(), c.by(), draft.now(), draft.events())
              : draft.dead().discard(sequence, c.by(), draft.now(), draft.events());
      if (answer instanceof Answer.Refused refused) {
        return count == 0
            ? new Clients.Refused(refused.reason())
            : new Clients.DisposedSlice(count, last);
      }
      count++;
      last = sequence;
    }
    return new Clients.DisposedSlice(count, step.next());
  }
}
