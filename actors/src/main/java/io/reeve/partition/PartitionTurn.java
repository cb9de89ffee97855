package io.reeve.partition;

import io.reeve.domain.partition.Now;
import io.reeve.domain.partition.PartitionState;
import io.reeve.domain.partition.PartitionState.Answer;
import io.reeve.domain.partition.PartitionState.Grantee;
import io.reeve.domain.partition.StandingGrant;
import io.reeve.domain.partition.StandingGrants;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Task;
import io.reeve.domain.task.TaskClass;
import io.reeve.partition.Clients.Reply;
import io.reeve.partition.Grants.GrantUse;
import io.reeve.partition.Grants.ToDispatcher;
import io.reeve.partition.Leases.EndReason;
import io.reeve.partition.Leases.EndedLease;
import io.reeve.partition.Leases.LeaseKey;
import io.reeve.partition.Leases.ToSession;
import io.reeve.partition.Partition.Command;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the commands of one batch upon the state, and keeps back what is to be said until the
 * batch is durable. Holds what a partition knows in memory only: the dispatcher, standing grants,
 * which session speaks for a holder, watchers, progress.
 */
final class PartitionTurn implements StandingGrants.Lessor<ActorRef<ToSession>>, StandingGrants.UseListener {

  private final int partition;
  private final long incarnation;
  private final DoubleSupplier random;
  private final ActorRef<Command> self;
  private final ProgressBook progress = new ProgressBook();
  private final TaskReader reader;
  private final TaskWatchers watchers;
  private final int assignedBytesMax;
  private final int eventsMax;

  private final StandingGrants<ActorRef<ToSession>> standing = new StandingGrants<>();
  private final Map<String, ActorRef<ToSession>> sessions = new HashMap<>();
  private @Nullable ActorRef<ToDispatcher> dispatcher;
  private long epoch;
  private long lastSeq;

  // ---- Of the batch in hand
  // -----------------------------------------------------------------------

  private PartitionState state;
  private Now now = new Now(0, 0);
  private List<PartitionEvent> events = new ArrayList<>();
  private final List<Runnable> replies = new ArrayList<>();
  private final Map<ActorRef<ToSession>, List<Assignment>> assignments = new LinkedHashMap<>();
  private final Map<ActorRef<ToSession>, List<EndedLease>> ended = new LinkedHashMap<>();
  private final Map<ActorRef<ToSession>, List<LeaseKey>> held = new LinkedHashMap<>();
  private final List<GrantUse> uses = new ArrayList<>();

  /** The dispatcher has not heard of all grants that were dealt with. */
  private boolean reportDue;

  /** Events that the row has room for, beside those of its commands. */
  private int roomUntil;

  /** Standing grants could lease more, which the row has no room for. */
  private boolean unfinished;

  PartitionTurn(
      int partition,
      long incarnation,
      Partition.Settings settings,
      DoubleSupplier random,
      ActorRef<Command> self) {
    this.partition = partition;
    this.incarnation = incarnation;
    this.random = random;
    this.self = self;
    this.eventsMax = settings.batch().eventsMax();
    this.assignedBytesMax = settings.batch().bytesMax();
    this.reader = new TaskReader(partition, progress);
    this.watchers = new TaskWatchers(reader, settings.watchersMax());
    this.state = new PartitionState(settings.limits());
  }

  // ---- A batch
  // ------------------------------------------------------------------------------------

  /** Starts a batch; first comes what is due by the wall clock. */
  void begin(PartitionState state, Now now) {
    this.state = state;
    this.now = now;
    events = new ArrayList<>();
    unfinished = false;
    state.sweep(now, eventsMax, events);
  }

  /** Starts a batch of commands that store nothing. */
  void beginReads(PartitionState state, Now now) {
    this.state = state;
    this.now = now;
    events = new ArrayList<>();
  }

  /**
   * Ends a batch: ends leases whose time is up, uses standing grants, tells the dispatcher, and
   * gives the events to store. Leases end behind the commands, because a stalled partition finds
   * the renewals that saved them in the first batch after the stall.
   */
  List<PartitionEvent> end() {
    roomUntil = events.size() + eventsMax;
    state.endOverdue(now, random, this::onEnded, roomUntil, events);
    if (!standing.isEmpty() && state.ready() > 0) {
      standing.use(state.readyClasses(), this, this);
    }
    report();
    if (state.leaseAuditDue(now)) {
      state.forEachHolder((holder, n) -> askFor(holder));
    }
    progress.forget(events);
    watchers.note(events);
    return events;
  }

  /** Nanoseconds until the partition has something to do by itself; Long.MAX_VALUE: never. */
  long nextInNanos() {
    return unfinished ? 0 : state.nextSweepInNanos(now);
  }

  /** The batch is durable: says what was kept back. */
  void release() {
    replies.forEach(Runnable::run);
    replies.clear();
    assignments.forEach(this::deliver);
    assignments.clear();
    ended.forEach(
        (session, list) -> session.tell(new Leases.LeasesEnded(partition, List.copyOf(list))));
    ended.clear();
    // Behind the assignments, so that a session that lacks one of these never gets it.
    held.forEach((session, keys) -> session.tell(new Leases.LeasesHeld(partition, keys)));
    held.clear();
    watchers.tell(state, now.wallMs());
  }

  /** Sends leases in messages that a worker takes: about as large as a journal row may be. */
  private void deliver(ActorRef<ToSession> session, List<Assignment> all) {
    var from = 0;
    var bytes = 0L;
    for (var i = 0; i < all.size(); i++) {
      var size = all.get(i).spec().length;
      if (i > from && bytes + size > assignedBytesMax) {
        session.tell(new Leases.Assigned(partition, List.copyOf(all.subList(from, i))));
        from = i;
        bytes = 0;
      }
      bytes += size;
    }
    session.tell(new Leases.Assigned(partition, List.copyOf(all.subList(from, all.size()))));
  }

  void carryOut(Command command) {
    if (command instanceof Leases.Settle settle) {
      onSettle(settle);
    } else if (command instanceof Clients.Submit submit) {
      onSubmit(submit);
    } else if (command instanceof Clients.FindRequest find) {
      onFindRequest(find);
    } else if (command instanceof Grants.Grant grant) {
      onGrant(grant);
    } else if (command instanceof Grants.StandingGrant grant) {
      onStandingGrant(grant);
    } else if (command instanceof Grants.Revoke revoke) {
      onRevoke(revoke);
    } else if (command instanceof Leases.Renew renew) {
      onRenew(renew);
    } else if (command instanceof Leases.Attach attach) {
      onAttach(attach);
    } else if (command instanceof Leases.HolderGone gone) {
      onHolderGone(gone);
    } else if (command instanceof Grants.Greet greet) {
      onGreet(greet);
    } else if (command instanceof Grants.Audit audit) {
      onAudit(audit);
    } else if (command instanceof Leases.ReportProgress report) {
      onProgress(report);
    } else if (command instanceof Clients.Get get) {
      onGet(get);
    } else if (command instanceof Clients.ListTasks list) {
      var page = TaskPages.list(list, state, reader, now.wallMs());
      reply(list.replyTo(), page);
    } else if (command instanceof Clients.Cancel cancel) {
      onCancel(cancel);
    } else if (command instanceof Clients.Watch watch) {
      onWatch(watch);
    } else if (command instanceof Partition.Unwatch unwatch) {
      watchers.remove(unwatch.sequence(), unwatch.watcher());
    }
  }

  // ---- Clients
  // ------------------------------------------------------------------------------------

  private void onSubmit(Clients.Submit c) {
    reply(c.replyTo(), replyOf(state.submit(c.requestId(), c.bodyHash(), c.tasks(), now, events)));
  }

  private void onFindRequest(Clients.FindRequest c) {
    var answer = state.known(c.requestId(), c.bodyHash(), now);
    reply(
        c.replyTo(), answer == null ? new Clients.NeverSubmitted(c.requestId()) : replyOf(answer));
  }

  private Clients.Reply replyOf(Answer answer) {
    return answer instanceof Answer.Taken taken
        ? new Clients.Submitted(
            partition, taken.firstSequence(), taken.count(), taken.atMs(), taken.already())
        : new Clients.Refused(((Answer.Refused) answer).reason());
  }

  private void onGet(Clients.Get c) {
    reply(c.replyTo(), found(c.sequence()));
  }

  private void onCancel(Clients.Cancel c) {
    var before = state.get(c.sequence());
    var refusal = state.cancel(c.sequence(), c.reason(), now, events);
    if (refusal != null) {
      reply(c.replyTo(), new Clients.Refused(refusal));
      return;
    }
    if (before instanceof Task.Leased lease) {
      endLease(lease, EndReason.CANCELLED, c.reason());
    }
    reply(c.replyTo(), found(c.sequence()));
  }

  private void onWatch(Clients.Watch c) {
    var task = state.get(c.sequence());
    if (task == Task.Absent.TASK || task instanceof Task.Finished) {
      reply(c.watcher(), found(c.sequence()));
      return;
    }
    var refusal = watchers.add(c.sequence(), c.watcher());
    reply(c.watcher(), refusal == null ? found(c.sequence()) : new Clients.Refused(refusal));
  }

  private Reply found(long sequence) {
    return reader.read(state, sequence, now.wallMs());
  }

  private void reply(ActorRef<Reply> to, Reply reply) {
    replies.add(() -> to.tell(reply));
  }

  // ---- The dispatcher
  // -------------------------------------------------------------------------------

  private void onGreet(Grants.Greet c) {
    if (c.epoch() < epoch) {
      return;
    }
    epoch = c.epoch();
    dispatcher = c.dispatcher();
    standing.clear();
    uses.clear();
    lastSeq = 0;
    var ready = new ArrayList<Grants.ReadyCount>();
    for (var taskClass : state.readyClasses()) {
      ready.add(new Grants.ReadyCount(taskClass, state.ready(taskClass)));
    }
    c.dispatcher().tell(new Grants.Inventory(partition, incarnation, epoch, ready, self));
  }

  private void onAudit(Grants.Audit c) {
    if (c.epoch() != epoch || c.incarnation() != incarnation) {
      onGreet(c.greeting());
      return;
    }
    lastSeq = Math.max(lastSeq, c.sentSeq());
    reportDue = lastSeq != c.heardSeq();
    for (var believed : c.standing()) {
      standing.compare(believed.seq(), believed.leased(), believed.done(), this);
    }
    var ready = new HashMap<TaskClass, Integer>();
    c.ready().forEach(count -> ready.put(count.taskClass(), count.ready()));
    state.restateReady(ready);
  }

  private void onGrant(Grants.Grant c) {
    if (c.epoch() != epoch) {
      return;
    }
    lastSeq = Math.max(lastSeq, c.seq());
    var grantee = new Grantee(c.holder(), c.sessionNo(), c.workerId());
    var leased = lease(c.taskClass(), c.count(), grantee, c.session());
    uses.add(new GrantUse(c.seq(), Math.max(0, leased), true));
  }

  private void onStandingGrant(Grants.StandingGrant c) {
    if (c.epoch() == epoch) {
      lastSeq = Math.max(lastSeq, c.seq());
      var grantee = new Grantee(c.holder(), c.sessionNo(), c.workerId());
      standing.add(
          new StandingGrant<>(
              c.seq(), c.queues(), c.kinds(), c.count(), grantee, c.session()));
    }
  }

  private void onRevoke(Grants.Revoke c) {
    if (c.epoch() == epoch) {
      c.seqs().forEach(seq -> standing.revoke(seq, this));
    }
  }

  @Override
  public int ready(TaskClass taskClass) {
    return state.ready(taskClass);
  }

  @Override
  public int lease(
      StandingGrant<ActorRef<ToSession>> grant, TaskClass taskClass, int count) {
    var room = Math.max(0, roomUntil - events.size());
    unfinished |= count > room;
    return lease(taskClass, Math.min(count, room), grant.grantee(), grant.deliverTo());
  }

  @Override
  public void used(long seq, int leased, boolean done) {
    uses.add(new GrantUse(seq, leased, done));
  }

  private int lease(TaskClass taskClass, int count, Grantee grantee, ActorRef<ToSession> session) {
    var leased = state.lease(taskClass, count, grantee, now, events);
    if (leased == null) {
      return -1;
    }
    sessions.put(grantee.holder(), session);
    if (!leased.isEmpty()) {
      var list = assignments.computeIfAbsent(session, s -> new ArrayList<>(leased.size()));
      for (var task : leased) {
        var spec = task.spec();
        list.add(
            new Assignment(
                spec.sequence(),
                task.fence(),
                task.attempt(),
                taskClass.lane(),
                task.expiresAtMs(),
                spec.profile().executionTimeoutMs(),
                spec.submittedAtMs(),
                spec.bytes()));
      }
    }
    return leased.size();
  }

  /**
   * Tells the dispatcher what changed, before it is durable: it may propose the next leases while
   * the row is written. When the write fails, a new incarnation makes all of it void.
   */
  private void report() {
    var changed = new ArrayList<Grants.ReadyCount>();
    state.drainReadyChanges((taskClass, n) -> changed.add(new Grants.ReadyCount(taskClass, n)));
    if (dispatcher != null && (!changed.isEmpty() || !uses.isEmpty() || reportDue)) {
      dispatcher.tell(
          new Grants.Report(partition, incarnation, epoch, lastSeq, changed, List.copyOf(uses)));
    }
    uses.clear();
    reportDue = false;
  }

  // ---- Sessions
  // -----------------------------------------------------------------------------------

  /**
   * After a start the partition does not know which session speaks for a holder, so the one with
   * the highest number that it hears of does.
   */
  private void onRenew(Leases.Renew c) {
    var newer = c.sessionNo() > state.sessionNo(c.holder());
    if (!state.renew(c.holder(), c.sessionNo(), now) || c.session() == null) {
      return;
    }
    if (newer) {
      sessions.put(c.holder(), c.session());
    } else {
      sessions.putIfAbsent(c.holder(), c.session());
    }
  }

  private void askFor(String holder) {
    var session = sessions.get(holder);
    if (session != null) {
      var keys = new ArrayList<LeaseKey>();
      for (var lease : state.leasesOf(holder)) {
        keys.add(new LeaseKey(lease.spec().sequence(), lease.fence()));
      }
      held.put(session, keys);
    }
  }

  private void onSettle(Leases.Settle c) {
    if (c.batch() == 0 && !speaksFor(c.holder(), c.session())) {
      return;
    }
    List<Leases.RefusedSettlement> refused = new ArrayList<>(0);
    for (var settlement : c.settlements()) {
      var rejection = state.settle(c.holder(), settlement, now, random, events);
      if (rejection != null) {
        refused.add(
            new Leases.RefusedSettlement(settlement.sequence(), settlement.fence(), rejection));
      }
    }
    replies.add(() -> c.session().tell(new Leases.SettleAcked(partition, c.batch(), refused)));
  }

  /**
   * Whether this session may hand leases of the holder back. A superseded session may not: the
   * worker has told the later session that it runs them.
   */
  private boolean speaksFor(String holder, ActorRef<ToSession> session) {
    var latest = sessions.get(holder);
    return latest == null || latest.equals(session);
  }

  private void onAttach(Leases.Attach c) {
    var sequences = new long[c.held().size()];
    var fences = new long[c.held().size()];
    for (var i = 0; i < sequences.length; i++) {
      sequences[i] = c.held().get(i).sequence();
      fences[i] = c.held().get(i).fence();
    }
    var lost = state.attach(c.holder(), c.sessionNo(), sequences, fences, now, events);
    if (lost == null) {
      // A later session has the holder; its number tells this one to end.
      var later = state.sessionNo(c.holder());
      replies.add(() -> c.session().tell(new Leases.Attached(partition, later, List.of())));
      return;
    }
    sessions.put(c.holder(), c.session());
    var lostKeys = lost.stream().map(c.held()::get).toList();
    replies.add(() -> c.session().tell(new Leases.Attached(partition, c.sessionNo(), lostKeys)));
  }

  private void onHolderGone(Leases.HolderGone c) {
    var speaker = sessions.get(c.holder());
    if (c.sessionNo() < state.sessionNo(c.holder())
        || (speaker != null && !speaker.equals(c.session()))) {
      return;
    }
    state.end(c.holder(), c.sessionNo(), c.lost(), now, events);
    standing.revokeHolder(c.holder(), this);
    sessions.remove(c.holder());
  }

  private void onProgress(Leases.ReportProgress c) {
    if (progress.take(c, state, now.wallMs())) {
      watchers.note(c.sequence());
    }
  }

  private void onEnded(Task.Leased lease, PartitionState.Ended reason) {
    switch (reason) {
      case TIMED_OUT -> endLease(lease, EndReason.TIMED_OUT, "the execution timeout passed");
      case LEASE_LOST -> endLease(lease, EndReason.LEASE_LOST, "the lease ran out");
    }
  }

  private void endLease(Task.Leased lease, EndReason reason, String message) {
    var session = sessions.get(lease.holder());
    if (session != null) {
      ended
          .computeIfAbsent(session, s -> new ArrayList<>())
          .add(new EndedLease(lease.spec().sequence(), lease.fence(), reason, message));
    }
  }
}
