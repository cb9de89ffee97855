package io.reeve.dispatch;

import io.reeve.domain.dispatch.CreditTotals;
import io.reeve.domain.dispatch.Demand;
import io.reeve.domain.dispatch.Dispatch;
import io.reeve.domain.dispatch.Order;
import io.reeve.domain.dispatch.ReadyTask;
import io.reeve.domain.dispatch.StreamExplanation;
import io.reeve.domain.dispatch.WorkerKind;
import io.reeve.domain.rules.QueueRules;
import io.reeve.domain.task.Labels;
import io.reeve.journal.JournalRetention;
import io.reeve.partition.Grants;
import io.reeve.partition.Leases;
import io.reeve.partition.Partition;
import io.reeve.partition.Partitions;
import io.reeve.partition.Wire;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Pairs ready tasks with credit. A cluster singleton that holds no truth: partitions send it
 * inventories, sessions register again, and its grants are proposals that a partition may refuse. A
 * session that it does not know is told to register.
 *
 * <p>One that outlives a dispatcher of a higher epoch is told so by partitions, and takes another.
 *
 * <p>When it dies, running work goes on and settlements are taken; only new leases wait until its
 * successor has a higher epoch in the journal and has heard from partitions and sessions.
 */
public final class Dispatcher extends AbstractBehavior<Dispatcher.Command> {

  // ---- Protocol

  public sealed interface Command extends Wire
      permits Register,
          CreditChanged,
          SessionEnded,
          ShowEpoch,
          ShowDemand,
          ExplainStream,
          Queues.Call,
          FromRecord,
          FromPartition,
          PartitionStopped,
          SessionStopped,
          RuleCallIsLate,
          Due {}

  /**
   * A session offers itself, also to every new dispatcher. Answered by {@link Registered}.
   *
   * @param holder names the chain of sessions that own the same leases
   * @param sessionNo position in that chain, from 1; a higher one supersedes a lower one, and of
   *     two that are equal the one that came last stays
   * @param queues which queues it serves, the preferred first; "*" alone: any
   * @param kinds which kinds it runs; "*" alone: any
   * @param labels of its worker
   * @param process names the start of the process that the worker is; empty: not known
   * @param credit where its credit stands
   * @param session whom to tell orders; its end is the end of the session
   * @param deliverTo where partitions deliver
   */
  public record Register(
      String holder,
      int sessionNo,
      String workerId,
      String pool,
      List<String> queues,
      Set<String> kinds,
      Labels labels,
      String process,
      CreditTotals credit,
      ActorRef<ToSession> session,
      ActorRef<Leases.ToSession> deliverTo)
      implements Command {}

  /**
   * The session's credit changed.
   *
   * @param session who says so, for two sessions may bear one number: a worker that never got its
   *     welcome resumes with the same token again
   */
  public record CreditChanged(
      String holder, int sessionNo, CreditTotals credit, ActorRef<ToSession> session)
      implements Command {}

  /** The session ended; its leases are the partitions' business. */
  public record SessionEnded(String holder, int sessionNo, ActorRef<ToSession> session)
      implements Command {}

  /** Asks under which epoch the dispatcher works. Answered by {@link EpochShown}. */
  public record ShowEpoch(ActorRef<EpochShown> replyTo) implements Command {}

  /**
   * The epoch of the dispatcher.
   *
   * @param epoch 0: the journal has not given one yet, and no task is paired
   */
  public record EpochShown(long epoch) implements Wire {}

  /** Asks how many workers of this kind the work asks for. */
  public record ShowDemand(WorkerKind kind, ActorRef<DemandShown> replyTo) implements Command {}

  /**
   * How many workers are wanted, a moment ago.
   *
   * @param epoch 0: none is held yet, and nothing is known
   */
  public record DemandShown(long epoch, Demand demand) implements Wire {}

  /** Asks what keeps a ready task from starting. Answered by {@link StreamExplained}. */
  public record ExplainStream(ReadyTask task, ActorRef<StreamExplained> replyTo)
      implements Command {}

  /**
   * What keeps a task from starting, a moment ago.
   *
   * @param epoch 0: none is held yet, and nothing is known
   */
  public record StreamExplained(long epoch, StreamExplanation explanation) implements Wire {}

  // ---- What the dispatcher tells sessions

  public sealed interface ToSession extends Wire {}

  /** The session is known. Talk to {@code dispatcher} from now on, and watch it. */
  public record Registered(long epoch, ActorRef<Command> dispatcher) implements ToSession {}

  /** A later session of the same holder took over: end without touching the leases. */
  public record Superseded() implements ToSession {}

  /**
   * The dispatcher does not know the session, for instance after it crashed and restarted: register
   * again. A restarted dispatcher keeps its reference, so a watch does not tell.
   */
  public record RegisterAgain() implements ToSession {}

  /** The partition restarted: attach to it again, so that it knows which leases are held. */
  public record PartitionRestarted(int partition) implements ToSession {}

  // ---- Messages to itself

  private record FromRecord(DispatcherRecord.Told told) implements Command {}

  private record FromPartition(Grants.ToDispatcher message) implements Command {}

  record PartitionStopped(int partition, ActorRef<Partition.Command> self) implements Command {}

  record SessionStopped(String holder, int sessionNo, ActorRef<ToSession> session)
      implements Command {}

  record RuleCallIsLate(long call) implements Command {}

  /** What is to be done later; each is its own timer's key. */
  enum Due implements Command {
    /** Queued once behind all that is in the mailbox, so that a burst is paired in one go. */
    PAIR,
    GREET_AGAIN,
    LOOK_FOR_LOST,
    LOOK_FOR_SILENT,
    AUDIT,
    PAUSE_ENDS,
    TAKE_EPOCH
  }

  // ---- Construction

  private final DispatcherSettings settings;
  private final ActorRef<DispatcherRecord.Command> record;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final LongConsumer onEpoch;
  private final TimerScheduler<Command> timers;
  private final Dispatch dispatch;
  private final SessionDesk sessions;
  private final PartitionDesk partitions;
  private final QueueRulesDesk rules;
  private long epoch;

  /** The highest epoch of another dispatcher that a partition told of. */
  private long supersededBy;

  private boolean pairQueued;

  /**
   * @param node address of this node, for people
   * @param clock stamps what is stored, ends pauses, and tells the age of tasks
   * @param nanoTime monotonic
   * @param retention lets rows of its journal go that no recovery needs
   * @param onEpoch told each epoch that it works under, by the actor's thread
   */
  public static Behavior<Command> create(
      Partitions partitions,
      DispatcherSettings settings,
      String node,
      Clock clock,
      LongSupplier nanoTime,
      JournalRetention retention,
      LongConsumer onEpoch) {
    return create(
        partitions,
        settings,
        told -> DispatcherRecord.create(settings, clock, nanoTime, node, retention, told),
        clock,
        nanoTime,
        onEpoch);
  }

  /**
   * @param records makes the record, which tells what it stored
   */
  static Behavior<Command> create(
      Partitions partitions,
      DispatcherSettings settings,
      Function<ActorRef<DispatcherRecord.Told>, Behavior<DispatcherRecord.Command>> records,
      Clock clock,
      LongSupplier nanoTime,
      LongConsumer onEpoch) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new Dispatcher(
                        context, timers, partitions, settings, records, clock, nanoTime, onEpoch)));
  }

  private Dispatcher(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Partitions partitions,
      DispatcherSettings settings,
      Function<ActorRef<DispatcherRecord.Told>, Behavior<DispatcherRecord.Command>> records,
      Clock clock,
      LongSupplier nanoTime,
      LongConsumer onEpoch) {
    super(context);
    this.timers = timers;
    this.settings = settings;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.onEpoch = onEpoch;
    this.dispatch = new Dispatch(partitions.count(), settings.rules());
    this.sessions = new SessionDesk(context, dispatch);
    var fromPartitions = context.messageAdapter(Grants.ToDispatcher.class, FromPartition::new);
    this.partitions =
        new PartitionDesk(context, timers, settings, partitions, dispatch, fromPartitions);
    var fromRecord = context.messageAdapter(DispatcherRecord.Told.class, FromRecord::new);
    this.record = context.spawnAnonymous(records.apply(fromRecord));
    // Should it fail, the dispatcher fails too and starts anew: it could set no rule any more.
    context.watch(record);
    this.rules =
        new QueueRulesDesk(timers, settings, clock, nanoTime, dispatch, this.partitions, record);
  }

  // ---- Behaviour

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(FromPartition.class, this::onFromPartition)
        .onMessage(CreditChanged.class, this::onCreditChanged)
        .onMessage(Due.class, this::onDue)
        .onMessage(Register.class, this::onRegister)
        .onMessage(SessionEnded.class, this::onSessionEnded)
        .onMessage(ShowEpoch.class, this::onShowEpoch)
        .onMessage(ShowDemand.class, this::onShowDemand)
        .onMessage(ExplainStream.class, this::onExplainStream)
        .onMessage(Queues.Call.class, this::onQueues)
        .onMessage(RuleCallIsLate.class, this::onRuleCallIsLate)
        .onMessage(FromRecord.class, this::onFromRecord)
        .onMessage(PartitionStopped.class, this::onPartitionStopped)
        .onMessage(SessionStopped.class, this::onSessionStopped)
        .onSignal(PreRestart.class, this::onRestart)
        .build();
  }

  // ---- Sessions

  private Behavior<Command> onRegister(Register c) {
    if (!sessions.register(c)) {
      return this;
    }
    if (epoch > 0) {
      c.session().tell(new Registered(epoch, getContext().getSelf()));
    }
    return queuePair();
  }

  private Behavior<Command> onCreditChanged(CreditChanged c) {
    return sessions.credit(c) ? queuePair() : this;
  }

  private Behavior<Command> onSessionEnded(SessionEnded c) {
    return sessions.ended(c.holder(), c.sessionNo(), c.session()) ? queuePair() : this;
  }

  private Behavior<Command> onSessionStopped(SessionStopped c) {
    return sessions.ended(c.holder(), c.sessionNo(), c.session()) ? queuePair() : this;
  }

  /** This instance failed. Its successor has the same reference and knows no session. */
  private Behavior<Command> onRestart(PreRestart signal) {
    sessions.tellAll(new RegisterAgain());
    return this;
  }

  // ---- Partitions

  private Behavior<Command> onFromPartition(FromPartition c) {
    if (c.message() instanceof Grants.Report report) {
      return partitions.report(report) ? queuePair() : this;
    } else if (c.message() instanceof Grants.Inventory inventory) {
      return onInventory(inventory);
    } else if (c.message() instanceof Grants.Heeded heeded) {
      partitions.heeded(heeded);
      rules.heeded();
    } else if (c.message() instanceof Grants.Superseded superseded && epoch > 0) {
      onSuperseded(superseded.epoch());
    }
    return this;
  }

  /** Another dispatcher. Mostly the cluster is about to end this one. */
  private void onSuperseded(long by) {
    supersededBy = Math.max(supersededBy, by);
    if (isSuperseded() && !timers.isTimerActive(Due.TAKE_EPOCH)) {
      remind(Due.TAKE_EPOCH, settings.epochBackoffMax());
    }
  }

  private boolean isSuperseded() {
    return supersededBy > epoch;
  }

  private Behavior<Command> onInventory(Grants.Inventory inventory) {
    var heard = partitions.inventory(inventory);
    if (heard == PartitionDesk.Heard.RESTART) {
      sessions.tellAll(new PartitionRestarted(inventory.partition()));
    }
    rules.heeded();
    return heard == PartitionDesk.Heard.NOTHING ? this : queuePair();
  }

  private Behavior<Command> onPartitionStopped(PartitionStopped c) {
    return partitions.stopped(c) ? queuePair() : this;
  }

  // ---- The epoch, and what is due

  private Behavior<Command> onFromRecord(FromRecord c) {
    if (c.told() instanceof DispatcherRecord.Opened opened) {
      open(opened.epoch(), opened.rules());
    } else if (c.told() instanceof DispatcherRecord.Reopened reopened) {
      rules.reopened(reopened.rules());
    } else {
      rules.told(c.told());
    }
    return queuePair();
  }

  private void open(long opened, QueueRules held) {
    epoch = opened;
    getContext().getLog().info("dispatcher works under epoch {}", epoch);
    onEpoch.accept(epoch);
    rules.opened(epoch, held);
    sessions.tellAll(new Registered(epoch, getContext().getSelf()));
    remind(Due.AUDIT, settings.auditInterval());
  }

  private Behavior<Command> onDue(Due due) {
    switch (due) {
      case PAIR -> pair();
      case GREET_AGAIN -> partitions.greetAgain();
      case LOOK_FOR_LOST -> lookForLost();
      case LOOK_FOR_SILENT -> {
        partitions.forsakeSilent();
        queuePair();
      }
      case AUDIT -> {
        partitions.audit();
        remind(Due.AUDIT, settings.auditInterval());
      }
      // It is the other one that was ended: without a new epoch nobody would heed this one again.
      case TAKE_EPOCH -> record.tell(new DispatcherRecord.TakeEpoch(supersededBy));
      case PAUSE_ENDS -> {
        rules.look();
        queuePair();
      }
    }
    return this;
  }

  private void remind(Due due, Duration in) {
    timers.startSingleTimer(due, due, in);
  }

  // ---- Pairing

  private Behavior<Command> queuePair() {
    if (!pairQueued) {
      pairQueued = true;
      getContext().getSelf().tell(Due.PAIR);
    }
    return this;
  }

  private void pair() {
    pairQueued = false;
    if (epoch == 0) {
      return;
    }
    rules.apply();
    dispatch.pair(nanoTime.getAsLong()).forEach(this::carryOut);
    var again = dispatch.pairAgainInNanos();
    if (again != Long.MAX_VALUE) {
      remind(Due.PAIR, Duration.ofNanos(again));
    }
    if (!timers.isTimerActive(Due.LOOK_FOR_LOST) && dispatch.inTransit()) {
      remind(Due.LOOK_FOR_LOST, settings.transitMax());
    }
    if (!timers.isTimerActive(Due.LOOK_FOR_SILENT) && dispatch.awaitsPartitions()) {
      remind(Due.LOOK_FOR_SILENT, settings.answerWithin());
    }
  }

  private void carryOut(Order order) {
    var partition = partitions.address(order.partition());
    if (partition == null) {
      return;
    }
    if (order instanceof Order.Revoke revoke) {
      partition.tell(new Grants.Revoke(epoch, revoke.seqs()));
    } else if (order instanceof Order.Propose propose) {
      partition.tell(sessions.address(propose.to()).grant(epoch, propose));
    } else if (order instanceof Order.Stand stand) {
      partition.tell(sessions.address(stand.to()).standingGrant(epoch, stand));
    }
  }

  private void lookForLost() {
    var lost = dispatch.writeOffLost();
    if (lost > 0) {
      getContext().getLog().warn("{} leases never reached their sessions", lost);
    }
    queuePair();
  }

  private Behavior<Command> onQueues(Queues.Call c) {
    rules.carryOut(c, isSuperseded());
    return this;
  }

  private Behavior<Command> onRuleCallIsLate(RuleCallIsLate c) {
    rules.late(c.call());
    return this;
  }

  private Behavior<Command> onShowEpoch(ShowEpoch c) {
    c.replyTo().tell(new EpochShown(epoch));
    return this;
  }

  private Behavior<Command> onShowDemand(ShowDemand c) {
    var demand = dispatch.demand(c.kind(), settings.demand(), nanoTime.getAsLong());
    c.replyTo().tell(new DemandShown(epoch, demand));
    return this;
  }

  private Behavior<Command> onExplainStream(ExplainStream c) {
    if (partitions.has(c.task().partition())) {
      var explanation = dispatch.explain(c.task(), clock.millis(), nanoTime.getAsLong());
      c.replyTo().tell(new StreamExplained(epoch, explanation));
    }
    return this;
  }
}
