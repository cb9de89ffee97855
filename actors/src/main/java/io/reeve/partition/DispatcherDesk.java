package io.reeve.partition;

import io.reeve.domain.partition.LeaseRules.Grantee;
import io.reeve.domain.partition.StandingGrant;
import io.reeve.domain.partition.StandingGrants;
import io.reeve.domain.task.HeededRules;
import io.reeve.domain.task.TaskClass;
import io.reeve.partition.Grants.GrantUse;
import io.reeve.partition.Grants.ReadyCount;
import io.reeve.partition.Leases.ToSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * Serves the dispatcher: takes its grants of the present epoch, leases under them, and reports what
 * changed. In memory but for the rules: a dispatcher greets a partition that started.
 */
final class DispatcherDesk {

  private final int partition;
  private final long incarnation;
  private final ActorRef<Partition.Command> self;
  private final Outbox outbox;
  private final Speakers speakers;

  private final StandingGrants<ActorRef<ToSession>> standing = new StandingGrants<>();
  private final List<GrantUse> uses = new ArrayList<>();
  private @Nullable ActorRef<Grants.ToDispatcher> dispatcher;
  private long epoch;
  private long lastSeq;

  /** The greatest {@link #lastSeq} that a report told. */
  private long toldSeq;

  /** A greeting that is answered once the row is durable. */
  private boolean greeted;

  /** The dispatcher has not heard of all grants that were dealt with. */
  private boolean reportDue;

  DispatcherDesk(
      int partition,
      long incarnation,
      ActorRef<Partition.Command> self,
      Outbox outbox,
      Speakers speakers) {
    this.partition = partition;
    this.incarnation = incarnation;
    this.self = self;
    this.outbox = outbox;
    this.speakers = speakers;
  }

  void carryOut(Grants.FromDispatcher command, Draft draft) {
    if (command instanceof Grants.Grant grant) {
      onGrant(grant, draft);
    } else if (command instanceof Grants.StandingGrant grant) {
      onStandingGrant(grant);
    } else if (command instanceof Grants.Revoke revoke) {
      onRevoke(revoke);
    } else if (command instanceof Grants.Greet greet) {
      onGreet(greet, draft);
    } else if (command instanceof Grants.Audit audit) {
      onAudit(audit, draft);
    } else if (command instanceof Grants.RulesChanged changed) {
      onRulesChanged(changed, draft);
    }
  }

  // ---- Where both stand -----------------------------------------------------------------------

  private void onGreet(Grants.Greet c, Draft draft) {
    if (c.epoch() < epoch || !heed(c.epoch(), c.rules(), draft)) {
      c.dispatcher().tell(new Grants.Superseded(Math.max(epoch, draft.state().heeded().epoch())));
      return;
    }
    epoch = c.epoch();
    dispatcher = c.dispatcher();
    standing.clear();
    uses.clear();
    lastSeq = 0;
    toldSeq = 0;
    greeted = true;
  }

  private boolean heed(long byEpoch, HeededRules rules, Draft draft) {
    return draft.state().heed(byEpoch, rules, draft.now(), draft.events());
  }

  private void onRulesChanged(Grants.RulesChanged c, Draft draft) {
    if (c.epoch() == epoch && heed(epoch, c.rules(), draft)) {
      tellHeeded(c.ask(), draft);
    }
  }

  private void tellHeeded(long ask, Draft draft) {
    if (dispatcher != null) {
      var version = draft.state().heeded().rules().version();
      outbox.reply(dispatcher, new Grants.Heeded(partition, incarnation, epoch, version, ask));
    }
  }

  /**
   * The row is durable: answers a greeting. Not before that, for what the answer says of the rules
   * must outlast a restart.
   */
  void release(Draft draft) {
    if (greeted && dispatcher != null) {
      greeted = false;
      tellInventory(dispatcher, draft);
    }
  }

  private void tellInventory(ActorRef<Grants.ToDispatcher> to, Draft draft) {
    var ready = new ArrayList<ReadyCount>();
    for (var taskClass : draft.state().readyClasses()) {
      ready.add(
          new ReadyCount(
              taskClass, draft.state().ready(taskClass), draft.state().headSubmittedMs(taskClass)));
    }
    var portions = Portions.of(ready, Portions.BYTES_MAX, ReadyCount::bytes);
    var version = draft.state().heeded().rules().version();
    to.tell(new Grants.Inventory(partition, incarnation, epoch, portions.get(0), self, version));
    for (var more : portions.subList(1, portions.size())) {
      to.tell(report(more, 0, List.of()));
    }
  }

  private void onAudit(Grants.Audit c, Draft draft) {
    if (c.epoch() != epoch || c.incarnation() != incarnation) {
      onGreet(c.greeting(), draft);
      return;
    }
    if (c.rules().version() > draft.state().heeded().rules().version()
        && heed(epoch, c.rules(), draft)) {
      tellHeeded(0, draft);
    }
    lastSeq = Math.max(lastSeq, c.sentSeq());
    reportDue = lastSeq != c.heardSeq();
    for (var believed : c.standing()) {
      standing.compare(believed.seq(), believed.leased(), believed.done(), this::used);
    }
    var ready = new HashMap<TaskClass, Integer>();
    c.ready().forEach(count -> ready.put(count.taskClass(), count.ready()));
    draft.state().restateReady(ready);
  }

  /**
   * Tells the dispatcher what changed, before it is durable: it may propose the next leases while
   * the row is written. When the write fails, a new incarnation makes all of it void. Who greeted
   * gets all of it with the answer.
   */
  void report(Draft draft) {
    var changed = new ArrayList<ReadyCount>();
    draft
        .state()
        .drainReadyChanges(
            (taskClass, count, headSubmittedMs) ->
                changed.add(new ReadyCount(taskClass, count, headSubmittedMs)));
    if (dispatcher != null && !greeted && (!changed.isEmpty() || !uses.isEmpty() || reportDue)) {
      tell(dispatcher, Portions.of(changed, Portions.BYTES_MAX, ReadyCount::bytes));
    }
    uses.clear();
    reportDue = false;
  }

  /**
   * Tells the dispatcher of grants with the last counts, not before. Between two portions it still
   * holds the grants for open, so it does not give away again the tasks whose count is to come.
   */
  private void tell(ActorRef<Grants.ToDispatcher> to, List<List<ReadyCount>> portions) {
    var last = portions.size() - 1;
    for (var some : portions.subList(0, last)) {
      to.tell(report(some, toldSeq, List.of()));
    }
    toldSeq = lastSeq;
    to.tell(report(portions.get(last), lastSeq, List.copyOf(uses)));
  }

  private Grants.Report report(List<ReadyCount> ready, long seq, List<GrantUse> grants) {
    return new Grants.Report(partition, incarnation, epoch, seq, ready, grants);
  }

  // ---- Grants ---------------------------------------------------------------------------------

  private void onGrant(Grants.Grant c, Draft draft) {
    if (c.epoch() != epoch) {
      return;
    }
    lastSeq = Math.max(lastSeq, c.seq());
    var grantee = new Grantee(c.holder(), c.sessionNo(), c.workerId());
    var leased = lease(c.taskClass(), c.count(), grantee, c.session(), draft);
    if (leased < c.count()) {
      // The dispatcher believes in more, and an audit that is cut may never name this class.
      draft.state().restateReady(c.taskClass());
    }
    used(c.seq(), Math.max(0, leased), true);
  }

  private void onStandingGrant(Grants.StandingGrant c) {
    if (c.epoch() == epoch) {
      lastSeq = Math.max(lastSeq, c.seq());
      var grantee = new Grantee(c.holder(), c.sessionNo(), c.workerId());
      standing.add(
          new StandingGrant<>(
              c.seq(), c.queues(), c.kinds(), c.labels(), c.count(), grantee, c.session()));
    }
  }

  private void onRevoke(Grants.Revoke c) {
    if (c.epoch() == epoch) {
      c.seqs().forEach(seq -> standing.revoke(seq, this::used));
    }
  }

  /** The holder is gone: what it was granted is free again. */
  void holderGone(String holder) {
    standing.revokeHolder(holder, this::used);
  }

  /**
   * Leases ready tasks under standing grants.
   *
   * @param eventsMax it stops when the row has so many events
   * @return whether there was more to lease than the row has room for
   */
  boolean useStanding(Draft draft, int eventsMax) {
    if (standing.isEmpty() || draft.state().ready() == 0) {
      return false;
    }
    var lessor = new RowLessor(draft, eventsMax);
    standing.use(draft.state().readyClasses(), lessor, this::used);
    return lessor.full;
  }

  /** Leases as long as the row has room. */
  private final class RowLessor implements StandingGrants.Lessor<ActorRef<ToSession>> {

    private final Draft draft;
    private final int eventsMax;
    private boolean full;

    RowLessor(Draft draft, int eventsMax) {
      this.draft = draft;
      this.eventsMax = eventsMax;
    }

    @Override
    public int ready(TaskClass taskClass) {
      return draft.leases().isPaused(taskClass, draft.now()) ? 0 : draft.state().ready(taskClass);
    }

    @Override
    public long head(TaskClass taskClass) {
      return draft.state().head(taskClass);
    }

    @Override
    public int lease(StandingGrant<ActorRef<ToSession>> grant, TaskClass taskClass, int count) {
      var room = Math.max(0, eventsMax - draft.events().size());
      full |= count > room;
      return DispatcherDesk.this.lease(
          taskClass, Math.min(count, room), grant.grantee(), grant.deliverTo(), draft);
    }
  }

  private int lease(
      TaskClass taskClass, int count, Grantee grantee, ActorRef<ToSession> session, Draft draft) {
    var leased = draft.leases().lease(taskClass, count, grantee, draft.now(), draft.events());
    if (leased == null) {
      outbox.reply(session, new Leases.AttachAgain(partition));
      return -1;
    }
    speakers.set(grantee.holder(), session);
    outbox.assign(session, taskClass, leased);
    return leased.size();
  }

  private void used(long seq, int leased, boolean done) {
    uses.add(new GrantUse(seq, leased, done));
  }
}
