package io.reeve.domain.rules;

import io.reeve.domain.task.HeededRules;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The settings of all queues that have any. Immutable, so that those who store them, keep them and
 * work by them may share them.
 *
 * <p>{@link #decide} says what follows from a wish, and {@link #after} takes in what is stored. A
 * pause that is over goes with the next event, whichever that is.
 *
 * @param version of the last change; 0: there was none
 * @param pausesVersion of the last change to a pause
 * @param byQueue no queue without settings; the caller keeps no hand on it
 */
public record QueueRules(long version, long pausesVersion, Map<String, QueueRule> byQueue) {

  /** Before the first change. */
  public static final QueueRules NONE = new QueueRules(0, 0, Map.of());

  /**
   * How much there may be.
   *
   * @param queuesMax queues with settings
   * @param pausesMax paused queues
   */
  public record Bounds(int queuesMax, int pausesMax) {}

  public QueueRules {
    byQueue = Collections.unmodifiableMap(byQueue);
  }

  /** That of the queue, or {@link QueueRule#NONE}. */
  public QueueRule of(String queue) {
    return byQueue.getOrDefault(queue, QueueRule.NONE);
  }

  // ---- Changes

  /** What follows from the wish at this instant. */
  public QueueDecision decide(QueueChange change, Bounds bounds, long nowMs) {
    var rule = of(change.queue()).at(nowMs);
    var before = rule.settings();
    if (change instanceof QueueChange.PauseUntil pause
        && pause.untilMs() != 0
        && pause.untilMs() <= nowMs) {
      return new QueueDecision.Refused(
          QueueDecision.Code.PAUSE_IS_OVER,
          "expected an end of the pause behind now, got one %d ms ago"
              .formatted(nowMs - pause.untilMs()));
    }
    var after = wanted(change, before, nowMs);
    if (after.equals(before)) {
      return new QueueDecision.Already();
    }
    if (change instanceof QueueChange.Configure wish
        && wish.expectedVersion() != QueueChange.ANY_VERSION
        && wish.expectedVersion() != rule.version()) {
      return new QueueDecision.Refused(
          QueueDecision.Code.VERSION_CHANGED,
          "expected version %d of queue %s, got version %d"
              .formatted(wish.expectedVersion(), change.queue(), rule.version()));
    }
    var tooMany = tooMany(change.queue(), before, after, bounds, nowMs);
    return tooMany != null
        ? tooMany
        : new QueueDecision.Change(
            new QueueSet(version + 1, change.queue(), after, change.by(), change.reason(), nowMs));
  }

  private static QueueSettings wanted(QueueChange change, QueueSettings before, long nowMs) {
    if (change instanceof QueueChange.Configure wish) {
      return new QueueSettings(wish.weight(), wish.lanes(), before.pause());
    }
    if (change instanceof QueueChange.PauseUntil wish) {
      var sinceMs = before.pause() == null ? nowMs : before.pause().sinceMs();
      return before.with(new Pause(wish.by(), wish.reason(), sinceMs, wish.untilMs()));
    }
    return before.with(null);
  }

  private QueueDecision.@Nullable Refused tooMany(
      String queue, QueueSettings before, QueueSettings after, Bounds bounds, long nowMs) {
    if (!byQueue.containsKey(queue) && byQueue.size() >= bounds.queuesMax()) {
      return new QueueDecision.Refused(
          QueueDecision.Code.TOO_MANY_QUEUES,
          "expected at most %d queues with settings, got one more".formatted(bounds.queuesMax()));
    }
    if (before.pause() == null && after.pause() != null) {
      var paused =
          byQueue.values().stream()
              .filter(rule -> rule.settings().at(nowMs).pause() != null)
              .count();
      if (paused >= bounds.pausesMax()) {
        return new QueueDecision.Refused(
            QueueDecision.Code.TOO_MANY_PAUSES,
            "expected at most %d paused queues, got one more".formatted(bounds.pausesMax()));
      }
    }
    return null;
  }

  /** The rules after this event. */
  public QueueRules after(QueueSet event) {
    var rules = new HashMap<String, QueueRule>();
    byQueue.forEach((queue, rule) -> put(rules, queue, rule.at(event.atMs())));
    rules.remove(event.queue());
    put(rules, event.queue(), new QueueRule(event.version(), event.settings()));
    var pauses =
        !Objects.equals(pausedUntil(of(event.queue()).settings()), pausedUntil(event.settings()));
    return new QueueRules(event.version(), pauses ? event.version() : pausesVersion, rules);
  }

  private static void put(Map<String, QueueRule> rules, String queue, QueueRule rule) {
    if (!rule.settings().equals(QueueSettings.PLAIN)) {
      rules.put(queue, rule);
    }
  }

  /** What partitions keep of the settings; null: nothing. */
  private static @Nullable Long pausedUntil(QueueSettings settings) {
    var pause = settings.pause();
    return pause == null ? null : pause.untilMs();
  }

  // ---- What follows for others

  /** The queues that have other rules than in {@code before}. */
  public Set<String> changedSince(QueueRules before) {
    var changed = new HashSet<String>();
    byQueue.forEach(
        (queue, rule) -> {
          if (!rule.equals(before.byQueue.get(queue))) {
            changed.add(queue);
          }
        });
    for (var queue : before.byQueue.keySet()) {
      if (!byQueue.containsKey(queue)) {
        changed.add(queue);
      }
    }
    return changed;
  }

  /** What partitions have to know. */
  public HeededRules forPartitions() {
    var pausedUntilMs = new TreeMap<String, Long>();
    byQueue.forEach(
        (queue, rule) -> {
          var untilMs = pausedUntil(rule.settings());
          if (untilMs != null) {
            pausedUntilMs.put(queue, untilMs);
          }
        });
    return new HeededRules(pausesVersion, pausedUntilMs);
  }
}
