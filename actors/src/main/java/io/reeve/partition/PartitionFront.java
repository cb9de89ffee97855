package io.reeve.partition;

import io.reeve.domain.partition.LiveBudget;
import io.reeve.domain.partition.Now;
import io.reeve.domain.task.Rejection;
import io.reeve.journal.JournalRoom;
import io.reeve.partition.Partition.Command;
import io.reeve.partition.Partition.StartWriter;
import io.reeve.partition.Partition.Tick;
import io.reeve.partition.Partition.WriterDone;
import io.reeve.partition.Partition.WriterFailed;
import io.reeve.partition.Partition.WriterReady;
import java.time.Duration;
import java.util.ArrayList;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Collects what arrives while the journal writes, and hands it to the writer as one batch when the
 * write is done: group commit without a timer. An idle partition writes a lone command at once.
 *
 * <p>It exists because an event-sourced behaviour stashes while it persists and takes stashed
 * commands one by one, which would be a write each.
 *
 * <p>It outlives the writers of its partition and owns their room in the heap, so that a writer
 * that starts again finds the room that the one before it had.
 */
final class PartitionFront extends AbstractBehavior<Command> {

  private static final Tick TICK = new Tick();
  private static final StartWriter START_WRITER = new StartWriter();
  private static final Partition.LookForRoom LOOK_FOR_ROOM = new Partition.LookForRoom();
  private static final Duration ROOM_AGAIN = Duration.ofSeconds(1);
  private static final long NEVER = Long.MAX_VALUE;
  private static final long SWEEP_AT_LEAST_NANOS = 1_000_000;

  /**
   * What is due by the wall clock is looked at this often while it waits: the sleep of a machine,
   * which that clock takes over, makes it due before the timer that was set for it.
   */
  private static final long SWEEP_WITHIN_NANOS = 10_000_000_000L;

  private final Partition.Settings settings;
  private final Supplier<Now> now;
  private final TimerScheduler<Command> timers;
  private final DoubleSupplier random;
  private final Supplier<JournalRoom> room;
  private final LiveBudget.Account account;
  private final Runnable onEnd;
  private final Function<ActorRef<Command>, Behavior<PartitionWriter.Batch>> writers;

  private @Nullable ActorRef<PartitionWriter.Batch> writer;
  private int failuresInRow;
  private boolean fenced;

  private final Inbox inbox;
  private boolean writerReady;
  private boolean writing;

  /** Whether the writer has stored the row that it begins with; without it takes reads only. */
  private boolean claimed;

  /** The greeting of the highest epoch, for a writer that starts again after a failure. */
  private Grants.@Nullable Greet greeting;

  /** When the timer will fire, by the monotonic clock; meaningless unless {@link #timerSet}. */
  private long timerAtNanos;

  private boolean timerSet;

  /** Commands set aside, since a rule failed over them. */
  private int setAside;

  /** It is logged already that commands are dropped; forgotten when none waits any more. */
  private boolean droppingTold;

  /** The partition goes to another node; only the write in progress is waited for. */
  private boolean leaving;

  private PartitionFront(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Partition.Settings settings,
      Supplier<Now> now,
      DoubleSupplier random,
      Supplier<JournalRoom> room,
      LiveBudget.Account account,
      Runnable onEnd,
      Function<ActorRef<Command>, Behavior<PartitionWriter.Batch>> writers) {
    super(context);
    this.settings = settings;
    this.inbox = new Inbox(settings.queue(), settings.batch());
    this.now = now;
    this.timers = timers;
    this.random = random;
    this.room = room;
    this.account = account;
    this.onEnd = onEnd;
    this.writers = writers;
    startWriter();
  }

  /**
   * @param account of the live tasks; closed when the partition stops
   * @param onEnd run then
   */
  static Behavior<Command> create(
      Partition.Settings settings,
      Supplier<Now> now,
      DoubleSupplier random,
      Supplier<JournalRoom> room,
      LiveBudget.Account account,
      Runnable onEnd,
      Function<ActorRef<Command>, Behavior<PartitionWriter.Batch>> writers) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new PartitionFront(
                        context, timers, settings, now, random, room, account, onEnd, writers)));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(WriterDone.class, this::onWriterDone)
        .onMessage(WriterReady.class, this::onWriterReady)
        .onMessage(Partition.WriterReads.class, this::onWriterReads)
        .onMessage(Partition.LookForRoom.class, look -> writeNext())
        .onMessage(WriterFailed.class, this::onWriterFailed)
        .onMessage(Partition.WriterThrew.class, this::onWriterThrew)
        .onMessage(StartWriter.class, start -> startWriter())
        .onMessage(Tick.class, this::onTick)
        .onMessage(Partition.Look.class, this::onLook)
        .onMessage(Partition.HandOff.class, this::onHandOff)
        .onMessage(Command.class, this::onCommand)
        .onSignal(Terminated.class, this::onWriterStopped)
        .onSignal(PostStop.class, stopped -> onStopped())
        .build();
  }

  private Behavior<Command> onCommand(Command command) {
    if (leaving) {
      refuseNotReady(command);
      return this;
    }
    if (command instanceof Grants.Greet greet && !heed(greet)) {
      return this;
    }
    if (command instanceof Grants.Audit audit && !heed(audit.greeting())) {
      return this;
    }
    if (addsTasks(command) && room.get() != JournalRoom.ENOUGH) {
      Refusals.refuse(
          command,
          Rejection.Code.STORE_FULL,
          "expected room for new tasks, got a store without room; /health/ready has the details");
      return this;
    }
    if (command instanceof Grants.RulesChanged changed) {
      note(changed);
    }
    var taken = inbox.offer(command);
    if (taken != Inbox.Taken.YES && taken != Inbox.Taken.REPEATED) {
      onNoRoom(command, taken);
      return this;
    }
    if (command instanceof Clients.Watch watch) {
      getContext()
          .watchWith(watch.watcher(), new Partition.Unwatch(watch.sequence(), watch.watcher()));
    }
    return writeNext();
  }

  private static boolean addsTasks(Command command) {
    return command instanceof Clients.Submit
        || command instanceof Clients.SubmitUnique
        || command instanceof Clients.Redrive
        || (command instanceof Clients.DisposeDead dispose && dispose.redrive())
        || command instanceof Schedules.Set
        || command instanceof Schedules.Trigger
        || command instanceof Schedules.Backfill;
  }

  private void onNoRoom(Command command, Inbox.Taken taken) {
    if (Refusals.replyTo(command) == null) {
      if (!droppingTold) {
        getContext()
            .getLog()
            .warn(
                "too many commands wait for the journal: commands of sessions are dropped, and"
                    + " the sessions repeat them");
        droppingTold = true;
      }
      return;
    }
    Refusals.refuse(
        command,
        Rejection.Code.OVERLOADED,
        taken == Inbox.Taken.TOO_MANY
            ? "expected at most "
                + settings.queue().clientsMax()
                + " commands to wait, got one more"
            : "expected at most "
                + settings.queue().bytesMax()
                + " bytes of commands to wait, got more");
  }

  /** Whether the dispatcher's epoch is the highest so far; if so, the one before is told. */
  private boolean heed(Grants.Greet greet) {
    var before = greeting;
    if (before != null && greet.epoch() < before.epoch()) {
      greet.dispatcher().tell(new Grants.Superseded(before.epoch()));
      return false;
    }
    if (before != null && greet.epoch() > before.epoch()) {
      before.dispatcher().tell(new Grants.Superseded(greet.epoch()));
    }
    greeting = greet;
    return true;
  }

  /** A writer that starts again is greeted with the newest rules. */
  private void note(Grants.RulesChanged changed) {
    var known = greeting;
    if (known != null
        && known.epoch() == changed.epoch()
        && known.rules().version() < changed.rules().version()) {
      greeting = new Grants.Greet(known.epoch(), known.dispatcher(), changed.rules());
    }
  }

  private Behavior<Command> onWriterDone(WriterDone done) {
    writing = false;
    failuresInRow = 0;
    inbox.done();
    if (leaving) {
      return Behaviors.stopped();
    }
    wakeIn(done.sweepInNanos());
    return writeNext();
  }

  private Behavior<Command> startWriter() {
    var started = getContext().spawnAnonymous(writers.apply(getContext().getSelf()));
    getContext().watch(started);
    writer = started;
    return this;
  }

  private Behavior<Command> onWriterReady(WriterReady ready) {
    if (leaving) {
      return Behaviors.stopped();
    }
    writerReady = true;
    claimed = true;
    writing = false;
    if (greeting != null) {
      inbox.addFirst(greeting);
    }
    inbox.addFirst(TICK);
    return writeNext();
  }

  private Behavior<Command> onWriterReads(Partition.WriterReads reads) {
    if (leaving) {
      return Behaviors.stopped();
    }
    writerReady = true;
    return writeNext();
  }

  private Behavior<Command> onWriterFailed(WriterFailed failed) {
    getContext()
        .getLog()
        .warn(
            "the journal refused a batch of {} commands; their outcome is unknown",
            inbox.inFlight(),
            failed.cause());
    fenced = failed.fenced();
    return this;
  }

  /**
   * A rule failed, and nothing of the batch was stored. The command that it failed over is set
   * aside; the others wait for the next writer, which recovers a state that none of them touched.
   */
  private Behavior<Command> onWriterThrew(Partition.WriterThrew threw) {
    writing = false;
    var commands = new ArrayList<>(inbox.takeInFlight());
    var culprit = threw.culprit();
    if (culprit != null) {
      setAside++;
      commands.removeIf(command -> command == culprit);
      greeting = culprit == greeting ? null : greeting;
    }
    getContext()
        .getLog()
        .error(
            "a rule failed over {}; {} commands are set aside so far, {} others are tried again",
            culprit == null ? "a batch" : Refusals.describe(culprit),
            setAside,
            commands.size(),
            threw.cause());
    if (leaving) {
      commands.forEach(PartitionFront::refuseNotReady);
    } else {
      inbox.putBack(commands, culprit == null);
    }
    return this;
  }

  /** The writer stopped: its journal failed, or it found a bug. What it had in hand is unknown. */
  private Behavior<Command> onWriterStopped(Terminated stopped) {
    writer = null;
    writerReady = false;
    claimed = false;
    account.writerStopped();
    answerInFlightUnknown();
    if (leaving) {
      return Behaviors.stopped();
    }
    if (fenced) {
      return stopFenced();
    }
    failuresInRow++;
    var wait = settings.restart().before(failuresInRow, random.getAsDouble());
    timers.startSingleTimer(START_WRITER, wait);
    return this;
  }

  private Behavior<Command> onStopped() {
    account.close();
    onEnd.run();
    return this;
  }

  private Behavior<Command> stopFenced() {
    getContext().getLog().error("another writer has the journal of this partition; stopped");
    inbox.takeWaiting().forEach(PartitionFront::refuseNotReady);
    return Behaviors.stopped();
  }

  private Behavior<Command> onHandOff(Partition.HandOff handOff) {
    leaving = true;
    inbox.takeWaiting().forEach(PartitionFront::refuseNotReady);
    return writing ? this : Behaviors.stopped();
  }

  /** Nothing of the command was stored. */
  private static void refuseNotReady(Command command) {
    Refusals.refuse(
        command, Rejection.Code.NOT_READY, "expected a running partition, got a moving one");
  }

  /** A writer that starts again does not finish the batch it had. */
  private void answerInFlightUnknown() {
    writing = false;
    for (var command : inbox.takeInFlight()) {
      Refusals.refuse(
          command,
          Rejection.Code.OUTCOME_UNKNOWN,
          "expected the journal to answer, got a failure; repeat with the same request id");
    }
  }

  private Behavior<Command> onTick(Tick tick) {
    timerSet = false;
    if (leaving) {
      return this;
    }
    inbox.offer(tick);
    return writeNext();
  }

  /** Left unanswered by a partition that leaves; whoever asks does not wait for long. */
  private Behavior<Command> onLook(Partition.Look look) {
    if (leaving) {
      return this;
    }
    inbox.offer(look);
    return writeNext();
  }

  private Behavior<Command> writeNext() {
    if (writing || !writerReady || writer == null) {
      return this;
    }
    if (room.get() == JournalRoom.NONE) {
      if (!timers.isTimerActive(LOOK_FOR_ROOM)) {
        timers.startSingleTimer(LOOK_FOR_ROOM, ROOM_AGAIN);
      }
      return readNext(writer);
    }
    if (!claimed) {
      writing = true;
      writer.tell(PartitionWriter.CLAIM);
      return this;
    }
    if (inbox.isEmpty()) {
      droppingTold = false;
      return this;
    }
    writing = true;
    writer.tell(new PartitionWriter.Batch(inbox.next()));
    return this;
  }

  /** Reads and renewals go on; what makes rows waits until the journal takes them. */
  private Behavior<Command> readNext(ActorRef<PartitionWriter.Batch> reader) {
    var reads = inbox.nextReads();
    if (!reads.isEmpty()) {
      writing = true;
      reader.tell(new PartitionWriter.Batch(reads, true));
    }
    return this;
  }

  /** Sets the timer unless it fires early enough already; one that fires too early does no harm. */
  private void wakeIn(long nanos) {
    if (nanos == NEVER) {
      return;
    }
    var within = Math.min(SWEEP_WITHIN_NANOS, settings.limits().lookNanos());
    var delay = Math.max(SWEEP_AT_LEAST_NANOS, Math.min(nanos, within));
    var at = now.get().monoNanos() + delay;
    if (!timerSet || at - timerAtNanos < -SWEEP_AT_LEAST_NANOS) {
      timers.startSingleTimer(TICK, Duration.ofNanos(delay));
      timerSet = true;
      timerAtNanos = at;
    }
  }
}
