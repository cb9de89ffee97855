package io.reeve.wire;

import com.google.protobuf.UnsafeByteOperations;
import io.reeve.domain.task.Attempt;
import io.reeve.domain.task.TaskId;
import io.reeve.domain.task.TaskProfile;
import io.reeve.domain.task.TaskState;
import io.reeve.domain.task.UniqueClaim;
import io.reeve.domain.task.UniqueKey;
import io.reeve.partition.Clients;
import io.reeve.partition.TaskView;
import io.reeve.wire.v1.Cancel;
import io.reeve.wire.v1.FindRequest;
import io.reeve.wire.v1.Found;
import io.reeve.wire.v1.Get;
import io.reeve.wire.v1.ListTasks;
import io.reeve.wire.v1.Listed;
import io.reeve.wire.v1.NeverSubmitted;
import io.reeve.wire.v1.Progress;
import io.reeve.wire.v1.Refused;
import io.reeve.wire.v1.Submit;
import io.reeve.wire.v1.SubmitUnique;
import io.reeve.wire.v1.Submitted;
import io.reeve.wire.v1.Watch;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** Calls of clients and their replies, as {@code clients.proto} has them. */
final class ClientsCodec {

  private static final long NO_MORE = -1;

  private final Refs refs;

  private ClientsCodec(Refs refs) {
    this.refs = refs;
  }

  static List<Form<?, ?>> forms(Refs refs) {
    var codec = new ClientsCodec(refs);
    return List.of(
        new Form<>("submit", Clients.Submit.class, codec::write, Submit.parser(), codec::read),
        new Form<>(
            "submit-unique",
            Clients.SubmitUnique.class,
            codec::write,
            SubmitUnique.parser(),
            codec::read),
        new Form<>(
            "find-request",
            Clients.FindRequest.class,
            codec::write,
            FindRequest.parser(),
            codec::read),
        new Form<>("get", Clients.Get.class, codec::write, Get.parser(), codec::read),
        new Form<>("list", Clients.ListTasks.class, codec::write, ListTasks.parser(), codec::read),
        new Form<>("watch", Clients.Watch.class, codec::write, Watch.parser(), codec::read),
        new Form<>("cancel", Clients.Cancel.class, codec::write, Cancel.parser(), codec::read),
        new Form<>(
            "submitted",
            Clients.Submitted.class,
            ClientsCodec::write,
            Submitted.parser(),
            ClientsCodec::read),
        new Form<>(
            "never-submitted",
            Clients.NeverSubmitted.class,
            ClientsCodec::write,
            NeverSubmitted.parser(),
            ClientsCodec::read),
        new Form<>(
            "found", Clients.Found.class, ClientsCodec::write, Found.parser(), ClientsCodec::read),
        new Form<>(
            "listed",
            Clients.Listed.class,
            ClientsCodec::write,
            Listed.parser(),
            ClientsCodec::read),
        new Form<>(
            "refused",
            Clients.Refused.class,
            ClientsCodec::write,
            Refused.parser(),
            ClientsCodec::read));
  }

  // ---- Submissions -----------------------------------------------------------------------------

  private Submit write(Clients.Submit submit) {
    var written =
        Submit.newBuilder()
            .setRequestId(submit.requestId())
            .setBodyHash(submit.bodyHash())
            .setReplyTo(refs.write(submit.replyTo()));
    var profiles = new Values.Table<TaskProfile>();
    var anyNotBefore = false;
    var anyDelay = false;
    for (var task : submit.tasks()) {
      profiles.add(task.profile());
      anyNotBefore |= task.notBeforeMs() != 0;
      anyDelay |= task.delayMs() != 0;
      written.addSpecs(UnsafeByteOperations.unsafeWrap(task.spec()));
    }
    profiles.values().forEach(profile -> written.addProfiles(Values.written(profile)));
    written.addAllProfile(profiles.column());
    if (anyNotBefore) {
      submit.tasks().forEach(task -> written.addNotBeforeMs(task.notBeforeMs()));
    }
    if (anyDelay) {
      submit.tasks().forEach(task -> written.addDelayMs(task.delayMs()));
    }
    return written.build();
  }

  private Clients.Submit read(Submit written) throws UnreadableMessageException {
    var count = written.getSpecsCount();
    Values.requireColumnOrNone("profile", written.getProfileCount(), count);
    Values.requireColumnOrNone("not_before_ms", written.getNotBeforeMsCount(), count);
    Values.requireColumnOrNone("delay_ms", written.getDelayMsCount(), count);
    var profiles = new ArrayList<TaskProfile>(written.getProfilesCount());
    for (var profile : written.getProfilesList()) {
      profiles.add(Values.profileOf(profile));
    }
    var tasks = new ArrayList<Clients.NewTask>(count);
    for (var i = 0; i < count; i++) {
      tasks.add(
          new Clients.NewTask(
              Values.valueAt(profiles, written.getProfileList(), i),
              written.getNotBeforeMsCount() == 0 ? 0 : written.getNotBeforeMs(i),
              written.getDelayMsCount() == 0 ? 0 : written.getDelayMs(i),
              Values.bytesOf(written.getSpecs(i))));
    }
    return new Clients.Submit(
        written.getRequestId(), written.getBodyHash(), tasks, refs.read(written.getReplyTo()));
  }

  private SubmitUnique write(Clients.SubmitUnique unique) {
    var claim = unique.claim();
    return SubmitUnique.newBuilder()
        .setSubmit(write(unique.submit()))
        .setKey(claim.key().text())
        .setScope(Values.numberOf(claim.scope()))
        .setPeriodMs(claim.periodMs())
        .setOnCollision(Values.numberOf(claim.onCollision()))
        .setOnlyIfHeld(!unique.mayAdd())
        .build();
  }

  private Clients.SubmitUnique read(SubmitUnique written) throws UnreadableMessageException {
    var submit = read(written.getSubmit());
    Values.requireColumn("specs", submit.tasks().size(), 1);
    var key = new UniqueKey(submit.tasks().get(0).profile().tenant(), written.getKey());
    var claim =
        new UniqueClaim(
            key,
            Values.scopeOf(written.getScope()),
            written.getPeriodMs(),
            Values.onCollisionOf(written.getOnCollision()));
    return new Clients.SubmitUnique(submit, claim, !written.getOnlyIfHeld());
  }

  private FindRequest write(Clients.FindRequest find) {
    return FindRequest.newBuilder()
        .setRequestId(find.requestId())
        .setBodyHash(find.bodyHash())
        .setReplyTo(refs.write(find.replyTo()))
        .build();
  }

  private Clients.FindRequest read(FindRequest written) throws UnreadableMessageException {
    return new Clients.FindRequest(
        written.getRequestId(), written.getBodyHash(), refs.read(written.getReplyTo()));
  }

  private static Submitted write(Clients.Submitted submitted) {
    return Submitted.newBuilder()
        .setPartition(submitted.partition())
        .setFirstSequence(submitted.firstSequence())
        .setCount(submitted.count())
        .setSubmittedAtMs(submitted.submittedAtMs())
        .setAlready(submitted.already())
        .build();
  }

  private static Clients.Submitted read(Submitted written) {
    return new Clients.Submitted(
        written.getPartition(),
        written.getFirstSequence(),
        written.getCount(),
        written.getSubmittedAtMs(),
        written.getAlready());
  }

  private static NeverSubmitted write(Clients.NeverSubmitted never) {
    return NeverSubmitted.newBuilder().setRequestId(never.requestId()).build();
  }

  private static Clients.NeverSubmitted read(NeverSubmitted written) {
    return new Clients.NeverSubmitted(written.getRequestId());
  }

  // ---- Single tasks ----------------------------------------------------------------------------

  private Get write(Clients.Get get) {
    return Get.newBuilder()
        .setSequence(get.sequence())
        .setReplyTo(refs.write(get.replyTo()))
        .build();
  }

  private Clients.Get read(Get written) throws UnreadableMessageException {
    return new Clients.Get(written.getSequence(), refs.read(written.getReplyTo()));
  }

  private Watch write(Clients.Watch watch) {
    return Watch.newBuilder()
        .setSequence(watch.sequence())
        .setWatcher(refs.write(watch.watcher()))
        .build();
  }

  private Clients.Watch read(Watch written) throws UnreadableMessageException {
    return new Clients.Watch(written.getSequence(), refs.read(written.getWatcher()));
  }

  private Cancel write(Clients.Cancel cancel) {
    return Cancel.newBuilder()
        .setSequence(cancel.sequence())
        .setReason(cancel.reason())
        .setReplyTo(refs.write(cancel.replyTo()))
        .build();
  }

  private Clients.Cancel read(Cancel written) throws UnreadableMessageException {
    return new Clients.Cancel(
        written.getSequence(), written.getReason(), refs.read(written.getReplyTo()));
  }

  private static Found write(Clients.Found found) {
    return Found.newBuilder().setTask(write(found.task())).build();
  }

  private static Clients.Found read(Found written) throws UnreadableMessageException {
    return new Clients.Found(read(written.getTask()));
  }

  private static Refused write(Clients.Refused refused) {
    return Refused.newBuilder().setRejection(Values.written(refused.rejection())).build();
  }

  private static Clients.Refused read(Refused written) {
    return new Clients.Refused(Values.rejectionOf(written.getRejection()));
  }

  // ---- Pages -----------------------------------------------------------------------------------

  private ListTasks write(Clients.ListTasks list) {
    return ListTasks.newBuilder()
        .setAfter(list.after())
        .setPageSize(list.pageSize())
        .setScanMax(list.scanMax())
        .setBytesMax(list.bytesMax())
        .setOmitBytes(list.omitBytes())
        .addAllStates(list.states().stream().map(ClientsCodec::numberOf).sorted().toList())
        .setQueue(list.queue())
        .setKind(list.kind())
        .setTenant(list.tenant())
        .setReplyTo(refs.write(list.replyTo()))
        .build();
  }

  private Clients.ListTasks read(ListTasks written) throws UnreadableMessageException {
    var states = EnumSet.noneOf(TaskState.class);
    for (var number : written.getStatesList()) {
      states.add(stateOf(number));
    }
    return new Clients.ListTasks(
        written.getAfter(),
        written.getPageSize(),
        written.getScanMax(),
        written.getBytesMax(),
        written.getOmitBytes(),
        states,
        written.getQueue(),
        written.getKind(),
        written.getTenant(),
        refs.read(written.getReplyTo()));
  }

  private static Listed write(Clients.Listed listed) {
    var written = Listed.newBuilder();
    listed.tasks().forEach(task -> written.addTasks(write(task)));
    if (listed.next() != NO_MORE) {
      written.setNext(listed.next());
    }
    return written.build();
  }

  private static Clients.Listed read(Listed written) throws UnreadableMessageException {
    var tasks = new ArrayList<TaskView>(written.getTasksCount());
    for (var task : written.getTasksList()) {
      tasks.add(read(task));
    }
    return new Clients.Listed(tasks, written.hasNext() ? written.getNext() : NO_MORE);
  }

  // ---- Tasks as readers see them ---------------------------------------------------------------

  static io.reeve.wire.v1.TaskView write(TaskView view) {
    var written =
        io.reeve.wire.v1.TaskView.newBuilder()
            .setPartition(view.id().partition())
            .setSequence(view.id().sequence())
            .setState(numberOf(view.state()))
            .setSpec(UnsafeByteOperations.unsafeWrap(view.spec()))
            .setAttempt(view.attempt())
            .setFence(view.fence())
            .setSubmittedAtMs(view.submittedAtMs())
            .setDueAtMs(view.dueAtMs())
            .setLeasedAtMs(view.leasedAtMs())
            .setFinishedAtMs(view.finishedAtMs())
            .setResult(UnsafeByteOperations.unsafeWrap(view.result()))
            .setFailedAtMs(view.failedAtMs())
            .setCancelReason(view.cancelReason())
            .setWorkerId(view.workerId())
            .setRedrivenAs(view.redrivenAs())
            .setRedriveOf(view.redriveOf())
            .setDiscardedAtMs(view.discardedAtMs())
            .setLosses(view.losses());
    view.attempts().forEach(attempt -> written.addAttempts(write(attempt)));
    if (view.failure() != null) {
      written.setFailure(Values.written(view.failure()));
    }
    var progress = view.progress();
    if (progress != null) {
      written.setProgress(
          Progress.newBuilder()
              .setPercent(progress.percent())
              .setMessage(progress.message())
              .setAtMs(progress.atMs()));
    }
    return written.build();
  }

  static TaskView read(io.reeve.wire.v1.TaskView written) throws UnreadableMessageException {
    var progress = written.getProgress();
    return new TaskView(
        new TaskId(written.getPartition(), written.getSequence()),
        stateOf(written.getState()),
        Values.bytesOf(written.getSpec()),
        written.getAttempt(),
        written.getFence(),
        written.getSubmittedAtMs(),
        written.getDueAtMs(),
        written.getLeasedAtMs(),
        written.getFinishedAtMs(),
        Values.bytesOf(written.getResult()),
        written.hasFailure() ? Values.failureOf(written.getFailure()) : null,
        written.getFailedAtMs(),
        written.getCancelReason(),
        written.getWorkerId(),
        written.hasProgress()
            ? new TaskView.Progress(
                progress.getPercent(), progress.getMessage(), progress.getAtMs())
            : null,
        written.getRedrivenAs(),
        written.getRedriveOf(),
        written.getAttemptsList().stream().map(ClientsCodec::read).toList(),
        written.getDiscardedAtMs(),
        written.getLosses());
  }

  private static io.reeve.wire.v1.Attempt write(Attempt attempt) {
    return io.reeve.wire.v1.Attempt.newBuilder()
        .setNumber(attempt.number())
        .setWorkerId(attempt.workerId())
        .setStartedAtMs(attempt.startedAtMs())
        .setEndedAtMs(attempt.endedAtMs())
        .setFailure(Values.written(attempt.failure()))
        .build();
  }

  private static Attempt read(io.reeve.wire.v1.Attempt written) {
    return new Attempt(
        written.getNumber(),
        written.getWorkerId(),
        written.getStartedAtMs(),
        written.getEndedAtMs(),
        Values.failureOf(written.getFailure()));
  }

  private static int numberOf(TaskState state) {
    return switch (state) {
      case WAITING -> 1;
      case READY -> 2;
      case LEASED -> 3;
      case COMPLETED -> 4;
      case DEAD -> 5;
      case CANCELLED -> 6;
      case EXPIRED -> 7;
    };
  }

  private static TaskState stateOf(int number) throws UnreadableMessageException {
    return switch (number) {
      case 1 -> TaskState.WAITING;
      case 2 -> TaskState.READY;
      case 3 -> TaskState.LEASED;
      case 4 -> TaskState.COMPLETED;
      case 5 -> TaskState.DEAD;
      case 6 -> TaskState.CANCELLED;
      case 7 -> TaskState.EXPIRED;
      default -> throw Values.unknown("state of a task", number);
    };
  }
}
