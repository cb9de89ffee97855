package io.reeve.dispatch;

import io.reeve.dispatch.Dispatcher.Command;
import io.reeve.domain.dispatch.Dispatch;
import io.reeve.domain.dispatch.ReadyOfQueue;
import io.reeve.domain.rules.QueueChange;
import io.reeve.domain.rules.QueueDecision;
import io.reeve.domain.rules.QueueRule;
import io.reeve.domain.rules.QueueRules;
import io.reeve.domain.task.HeededRules;
import io.reeve.partition.Portions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * The dispatcher's dealings with those who set rules: has the record store them, has partitions
 * heed them, and answers once they do.
 */
final class QueueRulesDesk {

  private static final QueueDecision.Refused STARTING =
      noDispatcher("expected a running dispatcher, got one that is starting; repeat the call");
  private static final QueueDecision.Refused SUPERSEDED =
      noDispatcher("expected the newest dispatcher, got one with a successor; repeat the call");

  static final QueueDecision.Refused NOT_STORED =
      noDispatcher(
          "expected the journal of the dispatcher to take the change in time, got no answer; the"
              + " change may have taken effect, and repeating it does no harm");

  /** Looks at pauses at least this often while one ends by itself, should the clock be set. */
  private static final Duration LOOK_WITHIN = Duration.ofSeconds(1);

  /** Bytes of a line in a message, beside its texts. */
  private static final long LINE_BYTES = 100;

  /** Somebody waits for an answer. */
  private static final class Waiting {
    final String queue;
    final ActorRef<Queues.Answer> replyTo;

    /** Whether partitions have to keep what is wanted. */
    final boolean concernsPartitions;

    /** Whether what is wanted is durable, so that only partitions are waited for. */
    boolean stored;

    /** What partitions have to answer; 0: nothing. */
    long ask;

    Waiting(Queues.Change call) {
      this.queue = call.change().queue();
      this.replyTo = call.replyTo();
      this.concernsPartitions = !(call.change() instanceof QueueChange.Configure);
    }
  }

  private final TimerScheduler<Command> timers;
  private final DispatcherSettings settings;
  private final Clock clock;
  private final LongSupplier nanoTime;
  private final Dispatch dispatch;
  private final PartitionDesk partitions;
  private final ActorRef<DispatcherRecord.Command> record;
  private final Map<Long, Waiting> calls = new LinkedHashMap<>();
  private QueueRules rules = QueueRules.NONE;
  private HeededRules kept = HeededRules.NONE;
  private long nextEndMs = Long.MAX_VALUE;
  private long epoch;
  private long lastCall;

  QueueRulesDesk(
      TimerScheduler<Command> timers,
      DispatcherSettings settings,
      Clock clock,
      LongSupplier nanoTime,
      Dispatch dispatch,
      PartitionDesk partitions,
      ActorRef<DispatcherRecord.Command> record) {
    this.timers = timers;
    this.settings = settings;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.dispatch = dispatch;
    this.partitions = partitions;
    this.record = record;
    // The instance before this one may have calls whose answers come here.
    this.lastCall = nanoTime.getAsLong();
  }

  // ---- Calls

  /**
   * @param superseded there is a dispatcher of a higher epoch, whose rules this one does not know
   */
  void carryOut(Queues.Call call, boolean superseded) {
    if (call instanceof Queues.Change change) {
      change(change, superseded);
    } else if (call instanceof Queues.Show show) {
      var shown = new Queues.Shown(epoch, List.of(line(show.queue())), false);
      show.replyTo().tell(superseded ? Queues.Shown.NOTHING : shown);
    } else if (call instanceof Queues.ShowAll all) {
      all.replyTo().tell(superseded ? Queues.Shown.NOTHING : lines(all.after(), all.max()));
    }
  }

  private void change(Queues.Change c, boolean superseded) {
    var refusal = refusal(superseded);
    if (refusal != null) {
      refuse(c.replyTo(), refusal);
      return;
    }
    var call = ++lastCall;
    calls.put(call, new Waiting(c));
    var within = settings.queues().heededWithin();
    record.tell(
        new DispatcherRecord.Change(call, c.change(), nanoTime.getAsLong() + within.toNanos()));
    timers.startSingleTimer(call, new Dispatcher.RuleCallIsLate(call), within);
  }

  private QueueDecision.@Nullable Refused refusal(boolean superseded) {
    if (epoch == 0) {
      return STARTING;
    }
    if (superseded) {
      return SUPERSEDED;
    }
    var most = settings.queues().callsMax();
    return calls.size() < most
        ? null
        : noDispatcher(
            "expected at most %d calls to wait, got one more; repeat the call".formatted(most));
  }

  private static QueueDecision.Refused noDispatcher(String message) {
    return new QueueDecision.Refused(QueueDecision.Code.NO_DISPATCHER, message);
  }

  /** The call waited for as long as calls do. */
  void late(long call) {
    var waiting = calls.remove(call);
    if (waiting != null && waiting.stored) {
      answer(waiting);
    } else if (waiting != null) {
      refuse(waiting.replyTo, NOT_STORED);
    }
  }

  private static void refuse(ActorRef<Queues.Answer> to, QueueDecision.Refused refusal) {
    to.tell(new Queues.Refused(refusal.code(), refusal.message()));
  }

  private void answer(Waiting waiting) {
    waiting.replyTo.tell(new Queues.Changed(line(waiting.queue), partitions.owing(waiting.ask)));
  }

  private @Nullable Waiting end(long call) {
    timers.cancel(call);
    return calls.remove(call);
  }

  // ---- The record

  /** The dispatcher works under this epoch and by these rules. */
  void opened(long newEpoch, QueueRules held) {
    epoch = newEpoch;
    hold(held);
    partitions.open(epoch, kept);
    // What became of them is not known: the record may have started anew over one of them.
    for (var call : List.copyOf(calls.keySet())) {
      var waiting = calls.get(call);
      if (waiting != null && !waiting.stored) {
        end(call);
        refuse(waiting.replyTo, NOT_STORED);
      }
    }
  }

  /** A row failed, and may be stored all the same. Its caller hears of it in time. */
  void reopened(QueueRules held) {
    hold(held);
    partitions.rules(kept);
    partitions.tellRules();
  }

  /** Takes in what the record says of a call. */
  void told(DispatcherRecord.Told told) {
    if (told instanceof DispatcherRecord.Changed changed) {
      hold(changed.rules());
      partitions.rules(kept);
      stored(changed.call());
      // The caller may have given up, and then nobody asks.
      partitions.tellRules();
    } else if (told instanceof DispatcherRecord.Unchanged unchanged) {
      stored(unchanged.call());
    } else if (told instanceof DispatcherRecord.Refused refused) {
      var waiting = end(refused.call());
      if (waiting != null) {
        refuse(waiting.replyTo, refused.refusal());
      }
    }
  }

  private void stored(long call) {
    var waiting = calls.get(call);
    if (waiting != null) {
      waiting.stored = true;
      // Also if nothing changed: this one may not know what another dispatcher changed.
      waiting.ask = waiting.concernsPartitions ? partitions.ask() : 0;
      heeded();
    }
  }

  private void hold(QueueRules held) {
    rules = held;
    kept = held.forPartitions();
    dispatch.rules(rules, kept, clock.millis());
    look();
  }

  /** A partition may have caught up: answers those who waited for the last of them. */
  void heeded() {
    if (calls.isEmpty()) {
      return;
    }
    var answered = partitions.answeredByAll();
    for (var call : List.copyOf(calls.keySet())) {
      var waiting = calls.get(call);
      if (waiting != null && waiting.stored && waiting.ask <= answered) {
        end(call);
        answer(waiting);
      }
    }
  }

  // ---- Pairing

  /** Lets the pairing know of a pause that is over; called before each round. */
  void apply() {
    if (nextEndMs != Long.MAX_VALUE && clock.millis() >= nextEndMs) {
      look();
    }
  }

  /** Looks which pauses hold just now, and when to look again. */
  void look() {
    var nowMs = clock.millis();
    dispatch.at(nowMs);
    nextEndMs = kept.nextEndMs(nowMs);
    if (nextEndMs != Long.MAX_VALUE) {
      var left = Duration.ofMillis(nextEndMs - nowMs);
      timers.startSingleTimer(
          Dispatcher.Due.PAUSE_ENDS,
          Dispatcher.Due.PAUSE_ENDS,
          left.compareTo(LOOK_WITHIN) < 0 ? left : LOOK_WITHIN);
    }
  }

  // ---- Readers

  private Queues.Line line(String queue) {
    return line(queue, dispatch.readyOf(queue));
  }

  private Queues.Line line(String queue, ReadyOfQueue ready) {
    var rule = rules.of(queue).at(clock.millis());
    return new Queues.Line(queue, rule, ready.urgent(), ready.normal());
  }

  private Queues.Shown lines(String after, int max) {
    var names = new TreeSet<String>();
    Stream.concat(rules.byQueue().keySet().stream(), dispatch.queues().stream())
        .filter(queue -> queue.compareTo(after) > 0)
        .forEach(names::add);
    var lines = new ArrayList<Queues.Line>();
    var bytes = 0L;
    for (var queue : names) {
      var ready = dispatch.readyOf(queue);
      var line = line(queue, ready);
      if (line.rule().equals(QueueRule.NONE) && ready.equals(ReadyOfQueue.NONE)) {
        continue;
      }
      bytes += bytes(line);
      if (lines.size() == max || (bytes > Portions.BYTES_MAX && !lines.isEmpty())) {
        return new Queues.Shown(epoch, lines, true);
      }
      lines.add(line);
    }
    return new Queues.Shown(epoch, lines, false);
  }

  private static long bytes(Queues.Line line) {
    var pause = line.rule().settings().pause();
    var letters =
        line.queue().length() + (pause == null ? 0 : pause.by().length() + pause.reason().length());
    return LINE_BYTES + (long) Portions.LETTER_BYTES * letters;
  }
}
