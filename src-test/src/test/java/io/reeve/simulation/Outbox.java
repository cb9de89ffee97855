package io.reeve.simulation;

import io.reeve.domain.session.SettlementBatches;
import io.reeve.domain.task.Settlement;
import io.reeve.domain.task.TaskId;
import io.reeve.session.Session;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A worker's settlements until they are acknowledged, as the outbox of the real worker keeps them:
 * what a session leaves unacknowledged goes first in the next one.
 */
final class Outbox {

  /**
   * @param lie the worker has no such lease, and no slot becomes free by it
   */
  record Report(int partition, Settlement settlement, boolean lie) {
    Session.Lease lease() {
      return new Session.Lease(new TaskId(partition, settlement.sequence()), settlement.fence());
    }
  }

  private record Batch(long number, List<Report> reports) {}

  private final ArrayDeque<Report> waiting = new ArrayDeque<>();
  private final ArrayDeque<Batch> sent = new ArrayDeque<>();
  private long last;

  void add(Report report) {
    waiting.add(report);
  }

  boolean isEmpty() {
    return waiting.isEmpty() && sent.isEmpty();
  }

  int onTheirWay() {
    return sent.size();
  }

  /** The next batch as the worker says it, or null. */
  Session.@Nullable Settled next(int countMax) {
    if (waiting.isEmpty()) {
      return null;
    }
    var reports = new ArrayList<Report>();
    while (reports.size() < countMax && !waiting.isEmpty()) {
      reports.add(waiting.remove());
    }
    sent.add(new Batch(++last, reports));
    var parts = new LinkedHashMap<Integer, SettlementBatches.Part>();
    for (var report : reports) {
      parts
          .computeIfAbsent(
              report.partition(), p -> new SettlementBatches.Part(p, new ArrayList<>()))
          .settlements()
          .add(report.settlement());
    }
    return new Session.Settled(last, List.copyOf(parts.values()), List.of());
  }

  /** The slots that the last batch gives back. */
  long slotsOfLast() {
    return sent.getLast().reports().stream().filter(report -> !report.lie()).count();
  }

  /** Forgets batches up to this one and gives what was in them. */
  List<Report> acknowledge(long number) {
    var done = new ArrayList<Report>();
    while (!sent.isEmpty() && sent.getFirst().number() <= number) {
      done.addAll(sent.remove().reports());
    }
    return done;
  }

  /** A session ended. */
  void startOver() {
    while (!sent.isEmpty()) {
      var reports = sent.removeLast().reports();
      for (var i = reports.size() - 1; i >= 0; i--) {
        waiting.addFirst(reports.get(i));
      }
    }
    last = 0;
  }

  void drop(Set<Session.Lease> leases) {
    waiting.removeIf(report -> leases.contains(report.lease()));
  }

  /** The leases of all that waits, lies apart. */
  List<Session.Lease> leases() {
    return waiting.stream().filter(report -> !report.lie()).map(Report::lease).toList();
  }

  void clear() {
    waiting.clear();
    sent.clear();
    last = 0;
  }
}
