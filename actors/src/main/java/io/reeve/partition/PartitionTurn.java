package io.reeve.partition;

import io.reeve.domain.partition.LeaseRules;
import io.reeve.domain.partition.Now;
import io.reeve.domain.partition.PartitionState;
import io.reeve.domain.task.PartitionEvent;
import io.reeve.domain.task.Task;
import io.reeve.partition.Leases.EndReason;
import io.reeve.partition.Partition.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Carries out the commands of one batch upon the state, each at the desk of who sent it, and keeps
 * back what is to be said until the batch is durable.
 */
final class PartitionTurn {

  private final DoubleSupplier random;
  private final int eventsMax;
  private final ProgressBook progress = new ProgressBook();
  private final TaskWatchers watchers;
  private final Outbox outbox;
  private final ClientDesk clients;
  private final ScheduleDesk schedules;
  private final DispatcherDesk dispatcher;
  private final SessionDesk sessions;

  private Draft draft;

  /** Standing grants could lease more, which the row has no room for. */
  private boolean unfinished;

  private boolean storeHasRoom;

  PartitionTurn(
      int partition,
      long incarnation,
      Partition.Settings settings,
      DoubleSupplier random,
      ActorRef<Command> self) {
    this.random = random;
    this.eventsMax = settings.batch().eventsMax();
    var speakers = new Speakers();
    var reader = new TaskReader(partition, progress);
    this.watchers = new TaskWatchers(reader, settings.watchersMax());
    this.outbox = new Outbox(partition, settings.batch().bytesMax(), speakers);
    var homesOfKeys = settings.limits().uniqueKeys().homes();
    var dead = new DeadDesk(partition, settings.batch().bytesMax(), homesOfKeys, outbox, reader);
    this.clients = new ClientDesk(partition, outbox, reader, watchers, dead);
    this.schedules = new ScheduleDesk(partition, outbox);
    this.dispatcher = new DispatcherDesk(partition, incarnation, self, outbox, speakers);
    this.sessions =
        new SessionDesk(partition, random, outbox, speakers, dispatcher, progress, watchers);
    this.draft = new Draft(new PartitionState(settings.limits()), new Now(0, 0), List.of());
  }

  /**
   * Starts a batch; first comes what is due by the wall clock.
   *
   * @param room whether the store has room for new tasks
   */
  void begin(PartitionState state, Now now, boolean room) {
    beginReads(state, now);
    unfinished = false;
    storeHasRoom = room;
    state.sweep(now, eventsMax, draft.events());
    fireSchedules(eventsMax);
  }

  private void fireSchedules(int roomUntil) {
    if (storeHasRoom) {
      var rules = draft.state().schedules();
      rules.fireDue(draft.now(), roomUntil, this::onReplaced, draft.events());
    } else {
      draft.state().schedules().hold(draft.now());
    }
  }

  private void onReplaced(Task.Leased lease) {
    outbox.ended(lease, EndReason.CANCELLED, "the next run of the schedule took its place");
  }

  /** Starts a batch of commands that store nothing. */
  void beginReads(PartitionState state, Now now) {
    draft = new Draft(state, now, new ArrayList<>());
  }

  void carryOut(Command command) {
    if (command instanceof Leases.FromSession fromSession) {
      sessions.carryOut(fromSession, draft);
    } else if (command instanceof Schedules.Call call) {
      schedules.carryOut(call, draft);
    } else if (command instanceof Clients.Call call) {
      clients.carryOut(call, draft);
    } else if (command instanceof Grants.FromDispatcher fromDispatcher) {
      dispatcher.carryOut(fromDispatcher, draft);
    } else if (command instanceof Partition.Unwatch unwatch) {
      clients.unwatch(unwatch);
    } else if (command instanceof Partition.Look look) {
      var found = PartitionLook.of(draft.state());
      // Whoever asked goes on elsewhere: this thread has a row to write.
      look.answer().completeAsync(() -> found);
    }
  }

  /**
   * Ends a batch: ends leases whose time is up, uses standing grants, tells the dispatcher, and
   * gives the events to store. Leases end behind the commands, because a stalled partition finds
   * the renewals that saved them in the first batch after the stall.
   */
  List<PartitionEvent> end() {
    var events = draft.events();
    var roomUntil = events.size() + eventsMax;
    draft.leases().endOverdue(draft.now(), random, this::onEnded, roomUntil, events);
    // Runs that waited for a task which ended in this batch.
    fireSchedules(roomUntil);
    unfinished = dispatcher.useStanding(draft, roomUntil);
    dispatcher.report(draft);
    sessions.audit(draft);
    progress.forget(events);
    watchers.note(events);
    return events;
  }

  private void onEnded(Task.Leased lease, LeaseRules.Ended reason) {
    switch (reason) {
      case TIMED_OUT -> outbox.ended(lease, EndReason.TIMED_OUT, "the execution timeout passed");
      case LEASE_LOST -> outbox.ended(lease, EndReason.LEASE_LOST, "the lease ran out");
    }
  }

  /** Nanoseconds until the partition has something to do by itself; Long.MAX_VALUE: never. */
  long nextInNanos() {
    return unfinished ? 0 : draft.state().nextSweepInNanos(draft.now());
  }

  /** Settlements that were refused since the last call, because their leases had ended. */
  int takeStaleSettlements() {
    return sessions.takeStale();
  }

  /** The batch is durable: says what was kept back. */
  void release() {
    outbox.release();
    dispatcher.release(draft);
    watchers.tell(draft.state(), draft.now().wallMs());
  }
}
