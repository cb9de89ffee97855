package io.reeve.check;

import io.reeve.domain.task.RulesHeeded;
import io.reeve.domain.task.TaskEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Which rules dispatchers stored, and which partitions said that they keep. */
final class RulesKept {

  private final BiConsumer<Invariant, String> violated;
  private final Map<Integer, RulesHeeded> heeded = new HashMap<>();
  private final Map<Integer, Long> toldAtRow = new HashMap<>();

  /** Queues that are paused until somebody resumes them. */
  private final Set<String> paused = new HashSet<>();

  /** Those of them of which somebody was told so. */
  private final Set<String> promised = new HashSet<>();

  private final Map<Long, PauseCall> calls = new HashMap<>();
  private long epoch;
  private long rulesVersion;

  /** A call that pauses a queue, and whether the queue was paused at some time since. */
  private static final class PauseCall {
    final String queue;
    boolean took;

    PauseCall(String queue, boolean took) {
      this.queue = queue;
      this.took = took;
    }
  }

  RulesKept(BiConsumer<Invariant, String> violated) {
    this.violated = violated;
  }

  void take(Fact fact) {
    if (fact instanceof Fact.EpochOpened opened) {
      epoch = Math.max(epoch, opened.epoch());
    } else if (fact instanceof Fact.RuleStored rule) {
      stored(rule);
    } else if (fact instanceof Fact.Heeded answer) {
      heeded(answer);
    } else if (fact instanceof Fact.PauseCalled call) {
      calls.put(call.call(), new PauseCall(call.queue(), paused.contains(call.queue())));
    } else if (fact instanceof Fact.PauseAnswered answer) {
      pauseAnswered(calls.get(answer.call()));
    }
  }

  private void pauseAnswered(@Nullable PauseCall call) {
    if (call == null || !call.took) {
      violated.accept(
          Invariant.PAUSE_KEPT,
          "a caller was told that a queue is paused, which no dispatcher had stored");
    } else if (paused.contains(call.queue)) {
      promised.add(call.queue);
    }
  }

  private void stored(Fact.RuleStored rule) {
    if (rule.epoch() != epoch || rule.version() != rulesVersion + 1) {
      violated.accept(
          Invariant.RULES_GO_ON,
          "version %d of the rules: stored under epoch %d after version %d, and the epoch is %d"
              .formatted(rule.version(), rule.epoch(), rulesVersion, epoch));
    }
    rulesVersion = Math.max(rulesVersion, rule.version());
    if (rule.paused()) {
      paused.add(rule.queue());
      calls.values().forEach(call -> call.took |= call.queue.equals(rule.queue()));
    } else {
      paused.remove(rule.queue());
      promised.remove(rule.queue());
    }
  }

  private void heeded(Fact.Heeded answer) {
    // A writer that stood still says late what was so before the next one took over.
    if (answer.row() < toldAtRow.getOrDefault(answer.partition(), 0L)) {
      return;
    }
    toldAtRow.put(answer.partition(), answer.row());
    var before = heeded.getOrDefault(answer.partition(), RulesHeeded.NONE);
    var now = answer.heeded();
    if (now.epoch() < before.epoch()) {
      violated.accept(
          Invariant.HEEDED_EPOCH_GROWS,
          "partition %d: heeds epoch %d after %d"
              .formatted(answer.partition(), now.epoch(), before.epoch()));
    }
    if (now.rules().version() < before.rules().version()) {
      violated.accept(
          Invariant.RULES_GO_ON,
          "partition %d: keeps version %d of the rules after %d"
              .formatted(answer.partition(), now.rules().version(), before.rules().version()));
    }
    heeded.put(answer.partition(), now);
  }

  /** The partition stored what it keeps from now on; it may never say so. */
  void stored(int partition, RulesHeeded event) {
    heeded.merge(
        partition,
        event,
        (before, after) -> after.rules().version() > before.rules().version() ? after : before);
  }

  /** A lease began. */
  void leased(int partition, String queue, TaskEvent.Leased lease) {
    if (promised.contains(queue)) {
      violated.accept(
          Invariant.PAUSE_KEPT,
          "partition %d: leased task %d of queue %s after somebody was told that it is paused"
              .formatted(partition, lease.sequence(), queue));
    }
    var rules = heeded.getOrDefault(partition, RulesHeeded.NONE).rules();
    if (rules.pauses(queue, lease.atMs())) {
      violated.accept(
          Invariant.PAUSE_KEPT,
          "partition %d: leased task %d of queue %s, which is paused by version %d of the rules"
              .formatted(partition, lease.sequence(), queue, rules.version()));
    }
  }
}
