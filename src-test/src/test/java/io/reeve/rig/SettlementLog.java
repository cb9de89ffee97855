package io.reeve.rig;

import io.reeve.check.Fact;
import io.reeve.domain.task.Outcome;
import io.reeve.domain.task.TaskId;
import io.reeve.v1.RefusedSettlement;
import io.reeve.v1.Settlement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What a node was told of settlements by all streams, and what it answered. For one thread. */
final class SettlementLog {

  /** A lease. */
  private record Key(String taskId, long fence) {
    static Key of(Settlement settlement) {
      return new Key(settlement.getTaskId(), settlement.getFence());
    }
  }

  private final List<Fact> facts = new ArrayList<>();
  private final Map<Key, Settlement> completed = new HashMap<>();
  private final Map<String, Integer> refusals = new TreeMap<>();
  private final List<String> mistakes = new ArrayList<>();
  private int repeats;

  /**
   * What a worker was told of one settlement.
   *
   * @param reason why it was refused; empty: it was accepted
   */
  record Answer(Settlement settlement, String reason) {

    boolean accepted() {
      return reason.isEmpty();
    }

    /** For the checker. */
    Fact fact() {
      var id = TaskId.parse(settlement.getTaskId()).orElseThrow();
      var result = Arrays.hashCode(settlement.getCompleted().getResult().toByteArray());
      return switch (settlement.getOutcomeCase()) {
        case COMPLETED -> fact(id, Outcome.COMPLETED, result);
        case FAILED -> fact(id, Outcome.FAILED, 0);
        case RELEASED -> fact(id, Outcome.RELEASED, 0);
        case OUTCOME_NOT_SET -> throw new IllegalStateException("no outcome: " + settlement);
      };
    }

    private Fact fact(TaskId id, Outcome outcome, int result) {
      return new Fact.SettleAnswered(id, settlement.getFence(), outcome, result, accepted());
    }
  }

  /**
   * The node acknowledged these at once. It does not say which of two settlements of one lease it
   * refused, so when that is one of them only, there is an answer to neither.
   */
  static List<Answer> answers(List<Settlement> settlements, List<RefusedSettlement> refused) {
    var reasons = new HashMap<Key, String>();
    var unlike = new HashMap<Key, Integer>();
    settlements.forEach(it -> unlike.merge(Key.of(it), 1, Integer::sum));
    for (var no : refused) {
      var key = new Key(no.getTaskId(), no.getFence());
      reasons.put(key, no.getReason());
      unlike.merge(key, -1, Integer::sum);
    }
    return settlements.stream()
        .map(it -> new Answer(it, reasons.getOrDefault(Key.of(it), "")))
        .filter(it -> it.accepted() || unlike.getOrDefault(Key.of(it.settlement()), 0) == 0)
        .toList();
  }

  /**
   * The node acknowledged these at once.
   *
   * @param foreign of another worker: it may be refused, and accepted from that one later
   */
  void answered(
      List<Settlement> settlements,
      List<RefusedSettlement> refused,
      Predicate<Settlement> foreign) {
    for (var answer : answers(settlements, refused)) {
      if (!answer.accepted()) {
        refusals.merge(answer.reason(), 1, Integer::sum);
      }
      if (answer.accepted() || !foreign.test(answer.settlement())) {
        facts.add(answer.fact());
      }
      agrees(answer.settlement(), answer.reason());
    }
  }

  /** One lease that was completed has one answer to the same words, and one to all others. */
  private void agrees(Settlement settlement, String reason) {
    var earlier = completed.get(Key.of(settlement));
    if (earlier != null) {
      repeats++;
      var expected = earlier.equals(settlement) ? "" : "SETTLED_OTHERWISE";
      if (!reason.equals(expected)) {
        mistakes.add(
            "expected the answer '%s' to %s after %s, got '%s'"
                .formatted(expected, settlement, earlier, reason));
      }
    } else if (reason.isEmpty() && settlement.hasCompleted()) {
      completed.put(Key.of(settlement), settlement);
    }
  }

  List<Fact> facts() {
    return List.copyOf(facts);
  }

  /** Settlements that were refused, by reason. */
  Map<String, Integer> refusals() {
    return Map.copyOf(refusals);
  }

  /** Answers to leases that had been completed before. */
  int repeats() {
    return repeats;
  }

  /** Answers that contradict earlier ones. */
  List<String> mistakes() {
    return List.copyOf(mistakes);
  }
}
