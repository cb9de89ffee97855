package io.reeve.dispatch;

import io.reeve.domain.rules.DispatcherEvent;
import io.reeve.domain.rules.QueueDecision;
import io.reeve.domain.rules.Recorded;
import io.reeve.partition.Partitions;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * Does for the simulation what {@link DispatcherRecord} does for a node, on a store of its own: the
 * real rules, and the few lines that Pekko's persistence has in production.
 */
public final class SimulatedRecord {

  /** The journal of the dispatchers. Answers come later, as messages to {@code replyTo}. */
  public interface Store {
    /** Answered by {@link Recovered}. */
    void recover(ActorRef<Object> replyTo);

    /**
     * Answered by {@link Stored} or {@link Failed}.
     *
     * @param number of the row; there may be one of each only
     * @param epoch under which the writer works
     */
    void append(long number, DispatcherEvent event, long epoch, ActorRef<Object> replyTo);
  }

  /** All that is stored. */
  public record Recovered(List<DispatcherEvent> rows) {}

  /** The row is durable. */
  public record Stored() {}

  /** The row has another content, or whether it is there is unknown; start anew. */
  public record Failed() {}

  private final DispatcherSettings settings;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final String node;
  private final Store store;
  private final ActorRef<DispatcherRecord.Told> dispatcher;
  private final ActorContext<Object> context;
  private final ArrayDeque<DispatcherRecord.Command> waiting = new ArrayDeque<>();
  private Recorded recorded = Recorded.NOTHING;
  private long rows;

  /** The epoch of the dispatcher; 0: it has none yet. */
  private long epoch;

  /** Whether the last epoch is the dispatcher's own. */
  private boolean opened;

  private boolean recovered;
  private @Nullable DispatcherEvent writing;
  private DispatcherRecord.@Nullable Command inHand;

  private SimulatedRecord(
      DispatcherSettings settings,
      Clock clock,
      LongSupplier nanoTime,
      String node,
      Store store,
      ActorRef<DispatcherRecord.Told> dispatcher,
      ActorContext<Object> context) {
    this.settings = settings;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.node = node;
    this.store = store;
    this.dispatcher = dispatcher;
    this.context = context;
  }

  /** The behaviour of a dispatcher, as {@link Dispatcher#create} gives it, on a simulated store. */
  @SuppressWarnings("unchecked")
  public static Behavior<Dispatcher.Command> dispatcher(
      Partitions partitions,
      DispatcherSettings settings,
      String node,
      Clock clock,
      LongSupplier nanoTime,
      Store store) {
    return Dispatcher.create(
        partitions,
        settings,
        told ->
            (Behavior<DispatcherRecord.Command>)
                (Behavior<?>)
                    Behaviors.<Object>setup(
                        context ->
                            new SimulatedRecord(
                                    settings, clock, nanoTime, node, store, told, context)
                                .start()),
        clock,
        nanoTime,
        opened -> {});
  }

  private Behavior<Object> start() {
    store.recover(context.getSelf());
    return Behaviors.receive(Object.class)
        .onMessage(DispatcherRecord.Command.class, this::onCommand)
        .onMessage(Recovered.class, this::onRecovered)
        .onMessage(Stored.class, stored -> onStored())
        .onMessage(Failed.class, failed -> onFailed())
        .build();
  }

  private Behavior<Object> onCommand(DispatcherRecord.Command command) {
    waiting.add(command);
    return next();
  }

  private Behavior<Object> onRecovered(Recovered stored) {
    recorded = Recorded.NOTHING;
    stored.rows().forEach(row -> recorded = recorded.after(row));
    rows = stored.rows().size();
    recovered = true;
    opened = epoch > 0 && recorded.epoch() == epoch;
    if (opened) {
      dispatcher.tell(new DispatcherRecord.Reopened(recorded.rules()));
    } else if (epoch == 0) {
      waiting.addFirst(new DispatcherRecord.TakeEpoch(0));
    } else {
      context.scheduleOnce(
          settings.epochBackoffMax(), context.getSelf(), new DispatcherRecord.TakeEpoch(epoch));
    }
    return next();
  }

  private Behavior<Object> next() {
    while (recovered && writing == null && !waiting.isEmpty()) {
      carryOut(waiting.remove());
    }
    return Behaviors.same();
  }

  private void carryOut(DispatcherRecord.Command command) {
    inHand = command;
    if (command instanceof DispatcherRecord.TakeEpoch take) {
      if (!opened || epoch <= take.above()) {
        append(recorded.next(take.above(), clock.millis(), node));
      }
    } else if (command instanceof DispatcherRecord.Change change) {
      var decision =
          opened && nanoTime.getAsLong() - change.untilNanos() < 0
              ? recorded.rules().decide(change.change(), settings.queues().bounds(), clock.millis())
              : QueueRulesDesk.NOT_STORED;
      if (decision instanceof QueueDecision.Change decided) {
        append(decided.event());
      } else {
        dispatcher.tell(
            decision instanceof QueueDecision.Refused refused
                ? new DispatcherRecord.Refused(change.call(), refused)
                : new DispatcherRecord.Unchanged(change.call()));
      }
    }
  }

  private void append(DispatcherEvent event) {
    writing = event;
    store.append(rows + 1, event, epoch, context.getSelf());
  }

  private Behavior<Object> onStored() {
    var event = writing;
    writing = null;
    if (event != null) {
      rows++;
      recorded = recorded.after(event);
      if (inHand instanceof DispatcherRecord.Change change
          && event instanceof io.reeve.domain.rules.QueueSet set) {
        dispatcher.tell(new DispatcherRecord.Changed(change.call(), set, recorded.rules()));
      } else {
        epoch = recorded.epoch();
        opened = true;
        dispatcher.tell(new DispatcherRecord.Opened(epoch, recorded.rules()));
      }
    }
    return next();
  }

  /** As in production: what waits goes on waiting. */
  private Behavior<Object> onFailed() {
    writing = null;
    recovered = false;
    store.recover(context.getSelf());
    return Behaviors.same();
  }
}
