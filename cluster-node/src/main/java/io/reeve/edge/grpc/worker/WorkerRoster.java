package io.reeve.edge.grpc.worker;

import io.reeve.edge.EdgeSettings;
import io.reeve.edge.calls.Reason;
import io.reeve.session.WorkerCard;
import io.reeve.v1.Worker;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * The workers of this node: those that have a session, and some of those that had one. For any
 * thread; sessions are heard of only when they begin and end.
 */
public final class WorkerRoster {

  private static final String SESSION_FAILED = Reason.SESSION_FAILED.name();

  private record Name(String workerId, String pool) {}

  private record Gone(WorkerCard.Entry entry, long connectedAtMs, long endedAtNanos) {}

  private final EdgeSettings.Roster settings;
  private final LongSupplier nanoTime;
  private final Clock clock;

  /** When each session began, milliseconds since the epoch. */
  private final Map<WorkerCard, Long> open = new HashMap<>();

  /** The longest gone first. */
  private final LinkedHashMap<Name, Gone> gone = new LinkedHashMap<>();

  /**
   * @param nanoTime monotonic, the same as that of the sessions
   */
  public WorkerRoster(EdgeSettings.Roster settings, LongSupplier nanoTime, Clock clock) {
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.clock = clock;
  }

  /** A card for a session that begins. */
  synchronized WorkerCard opened() {
    var card = new WorkerCard();
    open.put(card, clock.millis());
    return card;
  }

  /**
   * The session with this card has ended.
   *
   * @param failed whether by a failure of its own, of which the card says nothing
   */
  synchronized void ended(WorkerCard card, boolean failed) {
    var connectedAtMs = Objects.requireNonNull(open.remove(card), "expected a card of mine");
    var entry = card.read();
    if (entry == null) {
      return;
    }
    var last = failed ? entry.ended(SESSION_FAILED) : entry;
    var name = new Name(entry.worker().workerId(), entry.worker().pool());
    var other = gone.get(name);
    // A session that was superseded may end after the one that took over.
    if (other == null || other.entry().heardAtNanos() - last.heardAtNanos() <= 0) {
      gone.remove(name);
      gone.put(name, new Gone(last, connectedAtMs, nanoTime.getAsLong()));
      forget();
    }
  }

  /** All sessions that are known here, in no promised order; their node is left open. */
  public synchronized List<Worker> sessions() {
    forget();
    var now = nanoTime.getAsLong();
    var lines = new ArrayList<Worker>(open.size() + gone.size());
    open.forEach(
        (card, connectedAtMs) -> {
          var entry = card.read();
          if (entry != null) {
            lines.add(WorkerLines.line(entry, connectedAtMs, now));
          }
        });
    gone.values()
        .forEach(past -> lines.add(WorkerLines.line(past.entry(), past.connectedAtMs(), now)));
    return lines;
  }

  private void forget() {
    var now = nanoTime.getAsLong();
    var oldest = gone.values().iterator();
    while (oldest.hasNext()) {
      var age = now - oldest.next().endedAtNanos();
      if (gone.size() <= settings.rememberedMax() && age < settings.rememberedFor().toNanos()) {
        return;
      }
      oldest.remove();
    }
  }
}
