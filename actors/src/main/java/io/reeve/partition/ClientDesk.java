package io.reeve.partition;

import io.reeve.domain.partition.PartitionState.Answer;
import io.reeve.domain.task.Task;
import io.reeve.partition.Leases.EndReason;
import org.jspecify.annotations.Nullable;

/** Serves clients: submissions, reading, watches, cancellation. */
final class ClientDesk {

  private final int partition;
  private final Outbox outbox;
  private final TaskReader reader;
  private final TaskWatchers watchers;
  private final DeadDesk dead;

  ClientDesk(
      int partition, Outbox outbox, TaskReader reader, TaskWatchers watchers, DeadDesk dead) {
    this.dead = dead;
    this.partition = partition;
    this.outbox = outbox;
    this.reader = reader;
    this.watchers = watchers;
  }

  void carryOut(Clients.Call call, Draft draft) {
    if (call instanceof Clients.Submit submit) {
      onSubmit(submit, draft);
    } else if (call instanceof Clients.SubmitUnique unique) {
      onSubmitUnique(unique, draft);
    } else if (call instanceof Clients.FindRequest find) {
      onFindRequest(find, draft);
    } else if (call instanceof Clients.Get get) {
      outbox.reply(get.replyTo(), read(get.sequence(), draft));
    } else if (call instanceof Clients.Locate locate) {
      outbox.reply(
          locate.replyTo(), reader.locate(draft.state(), locate.sequence(), draft.now().wallMs()));
    } else if (call instanceof Clients.ListTasks list) {
      outbox.reply(
          list.replyTo(), TaskPages.list(list, draft.state(), reader, draft.now().wallMs()));
    } else if (call instanceof Clients.Watch watch) {
      onWatch(watch, draft);
    } else if (call instanceof Clients.Cancel cancel) {
      onCancel(cancel, draft);
    } else if (call instanceof Clients.DeadCall deadCall) {
      dead.carryOut(deadCall, draft);
    }
  }

  private void onSubmit(Clients.Submit c, Draft draft) {
    var answer =
        draft.state().submit(c.requestId(), c.bodyHash(), c.tasks(), draft.now(), draft.events());
    outbox.reply(c.replyTo(), replyOf(answer));
  }

  private void onSubmitUnique(Clients.SubmitUnique c, Draft draft) {
    var submit = c.submit();
    var answer =
        draft
            .state()
            .unique()
            .submit(
                submit.requestId(),
                submit.bodyHash(),
                submit.tasks().get(0),
                c.claim(),
                c.mayAdd(),
                draft.now(),
                draft.events());
    outbox.reply(c.replyTo(), replyOf(submit.requestId(), answer));
  }

  private void onFindRequest(Clients.FindRequest c, Draft draft) {
    var answer = draft.state().known(c.requestId(), c.bodyHash(), draft.now());
    outbox.reply(c.replyTo(), replyOf(c.requestId(), answer));
  }

  private Clients.Reply replyOf(String requestId, @Nullable Answer answer) {
    return answer == null ? new Clients.NeverSubmitted(requestId) : replyOf(answer);
  }

  private Clients.Reply replyOf(Answer answer) {
    return answer instanceof Answer.Taken taken
        ? new Clients.Submitted(
            partition, taken.firstSequence(), taken.count(), taken.atMs(), taken.already())
        : new Clients.Refused(((Answer.Refused) answer).reason());
  }

  private void onWatch(Clients.Watch c, Draft draft) {
    var task = draft.state().get(c.sequence());
    var over = task == Task.Absent.TASK || task instanceof Task.Finished;
    var refusal = over ? null : watchers.add(c.sequence(), c.watcher());
    outbox.reply(
        c.watcher(), refusal == null ? read(c.sequence(), draft) : new Clients.Refused(refusal));
  }

  void unwatch(Partition.Unwatch c) {
    watchers.remove(c.sequence(), c.watcher());
  }

  private void onCancel(Clients.Cancel c, Draft draft) {
    var before = draft.state().get(c.sequence());
    if (before == Task.Absent.TASK) {
      // Refused in the words of a read: they name the id, which an absent task does not know.
      outbox.reply(c.replyTo(), read(c.sequence(), draft));
      return;
    }
    var refusal = draft.state().cancel(c.sequence(), c.reason(), draft.now(), draft.events());
    if (refusal != null) {
      outbox.reply(c.replyTo(), new Clients.Refused(refusal));
      return;
    }
    if (before instanceof Task.Leased lease) {
      outbox.ended(lease, EndReason.CANCELLED, c.reason());
    }
    outbox.reply(c.replyTo(), read(c.sequence(), draft));
  }

  private Clients.Reply read(long sequence, Draft draft) {
    return reader.read(draft.state(), sequence, draft.now().wallMs());
  }
}
