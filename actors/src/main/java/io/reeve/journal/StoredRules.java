package io.reeve.journal;

import io.reeve.domain.rules.LanePreference;
import io.reeve.domain.rules.Pause;
import io.reeve.domain.rules.QueueRule;
import io.reeve.domain.rules.QueueRules;
import io.reeve.domain.rules.QueueSet;
import io.reeve.domain.rules.QueueSettings;
import io.reeve.domain.rules.Recorded;
import io.reeve.domain.task.HeededRules;
import io.reeve.domain.task.RulesHeeded;
import io.reeve.journal.v1.DispatcherSnapshot;
import io.reeve.journal.v1.PausedQueue;
import io.reeve.journal.v1.QueuePause;
import io.reeve.journal.v1.SnapshotQueue;
import java.util.HashMap;
import java.util.TreeMap;

/** The rules of queues, to their messages and back. */
final class StoredRules {

  private StoredRules() {}

  // ---- What partitions keep

  static io.reeve.journal.v1.RulesHeeded stored(RulesHeeded event) {
    var stored =
        io.reeve.journal.v1.RulesHeeded.newBuilder()
            .setEpoch(event.epoch())
            .setVersion(event.rules().version())
            .setAtMs(event.atMs());
    event
        .rules()
        .pausedUntilMs()
        .forEach(
            (queue, untilMs) ->
                stored.addPaused(
                    PausedQueue.newBuilder().setQueue(queue).setUntilMs(untilMs).build()));
    return stored.build();
  }

  static RulesHeeded heededOf(io.reeve.journal.v1.RulesHeeded stored) {
    StoredValues.requireKnown(stored);
    var pausedUntilMs = new TreeMap<String, Long>();
    for (var paused : stored.getPausedList()) {
      StoredValues.requireKnown(paused);
      pausedUntilMs.put(paused.getQueue(), paused.getUntilMs());
    }
    return new RulesHeeded(
        stored.getEpoch(), new HeededRules(stored.getVersion(), pausedUntilMs), stored.getAtMs());
  }

  // ---- What the dispatcher keeps

  static io.reeve.journal.v1.QueueSet stored(QueueSet event) {
    return io.reeve.journal.v1.QueueSet.newBuilder()
        .setVersion(event.version())
        .setQueue(event.queue())
        .setSettings(stored(event.settings()))
        .setBy(event.by())
        .setReason(event.reason())
        .setAtMs(event.atMs())
        .build();
  }

  static QueueSet setOf(io.reeve.journal.v1.QueueSet stored) {
    StoredValues.requireKnown(stored);
    return new QueueSet(
        stored.getVersion(),
        stored.getQueue(),
        settingsOf(stored.getSettings()),
        stored.getBy(),
        stored.getReason(),
        stored.getAtMs());
  }

  static DispatcherSnapshot stored(Recorded recorded) {
    var stored =
        DispatcherSnapshot.newBuilder()
            .setEpoch(recorded.epoch())
            .setVersion(recorded.rules().version())
            .setPausesVersion(recorded.rules().pausesVersion());
    new TreeMap<>(recorded.rules().byQueue())
        .forEach(
            (queue, rule) ->
                stored.addQueues(
                    SnapshotQueue.newBuilder()
                        .setQueue(queue)
                        .setVersion(rule.version())
                        .setSettings(stored(rule.settings()))
                        .build()));
    return stored.build();
  }

  static Recorded recordedOf(DispatcherSnapshot stored) {
    StoredValues.requireKnown(stored);
    var byQueue = new HashMap<String, QueueRule>();
    for (var queue : stored.getQueuesList()) {
      StoredValues.requireKnown(queue);
      byQueue.put(
          queue.getQueue(), new QueueRule(queue.getVersion(), settingsOf(queue.getSettings())));
    }
    return new Recorded(
        stored.getEpoch(),
        new QueueRules(stored.getVersion(), stored.getPausesVersion(), byQueue),
        0);
  }

  private static io.reeve.journal.v1.QueueSettings stored(QueueSettings settings) {
    var lanes = settings.lanes();
    var stored =
        io.reeve.journal.v1.QueueSettings.newBuilder()
            .setWeight(settings.weight())
            .setLanes(numberOf(lanes.mode()))
            .setUrgentShare(lanes.urgent())
            .setNormalShare(lanes.normal());
    var pause = settings.pause();
    if (pause != null) {
      stored.setPause(
          QueuePause.newBuilder()
              .setBy(pause.by())
              .setReason(pause.reason())
              .setSinceMs(pause.sinceMs())
              .setUntilMs(pause.untilMs()));
    }
    return stored.build();
  }

  private static QueueSettings settingsOf(io.reeve.journal.v1.QueueSettings stored) {
    StoredValues.requireKnown(stored);
    try {
      return new QueueSettings(
          stored.getWeight() == 0 ? 1 : stored.getWeight(),
          new LanePreference(
              modeOf(stored.getLanes()), stored.getUrgentShare(), stored.getNormalShare()),
          stored.hasPause() ? pauseOf(stored.getPause()) : null);
    } catch (IllegalArgumentException e) {
      throw new UnreadableJournalException(
          "expected settings of a queue that are allowed, got others", e);
    }
  }

  private static Pause pauseOf(QueuePause stored) {
    StoredValues.requireKnown(stored);
    return new Pause(stored.getBy(), stored.getReason(), stored.getSinceMs(), stored.getUntilMs());
  }

  // As in StoredValues, the numbers are written out.

  private static int numberOf(LanePreference.Mode mode) {
    return switch (mode) {
      case STRICT -> 0;
      case WEIGHTED -> 1;
      case ALTERNATE -> 2;
    };
  }

  private static LanePreference.Mode modeOf(int number) {
    return switch (number) {
      case 0 -> LanePreference.Mode.STRICT;
      case 1 -> LanePreference.Mode.WEIGHTED;
      case 2 -> LanePreference.Mode.ALTERNATE;
      default -> throw StoredValues.unknown("lane preference", number);
    };
  }
}
