package io.reeve.simulation;

import io.reeve.dispatch.DispatcherSettings;
import io.reeve.domain.dispatch.DemandRules;
import io.reeve.domain.dispatch.Rules;
import io.reeve.domain.partition.Limits;
import io.reeve.domain.rules.QueueRules;
import io.reeve.partition.Partition;
import io.reeve.session.Session;
import io.reeve.session.SessionTuning;
import java.time.Duration;
import java.util.Map;

/** Settings of the simulated nodes: the defaults' relations, with shorter times. */
final class Tuning {

  static final Duration LEASE = Duration.ofSeconds(4);

  /** How often parties restate what they know. */
  static final Duration AUDIT = Duration.ofSeconds(1);

  /** Longer than any run. */
  static final Duration NEVER = Duration.ofDays(1);

  static final Session.Settings SESSION =
      new Session.Settings(
          Duration.ofMillis(400),
          Duration.ofMillis(2_500),
          LEASE,
          Duration.ofMillis(1_500),
          Duration.ofMillis(1_500),
          1_000);

  static SessionTuning session(Duration audit) {
    return new SessionTuning(
        Duration.ofSeconds(2),
        Duration.ofMillis(500),
        Duration.ofMillis(250),
        Duration.ofMillis(1_000),
        Duration.ofMillis(250),
        audit,
        64);
  }

  static DispatcherSettings dispatcher(Duration audit) {
    return new DispatcherSettings(
        new Rules(2, 50, 4, true, 3, 200_000_000L, Map.of("b", 2)),
        Duration.ofMillis(100),
        Duration.ofSeconds(1),
        Duration.ofMillis(50),
        Duration.ofMillis(500),
        Duration.ofSeconds(3),
        audit,
        Duration.ofMillis(300),
        new DemandRules(Duration.ofSeconds(10).toNanos(), 4),
        new DispatcherSettings.Queues(new QueueRules.Bounds(10, 10), Duration.ofMillis(800), 100));
  }

  static Partition.Settings partition(Duration audit) {
    return new Partition.Settings(
        new Limits(
            2_000,
            4 << 20,
            new Limits.Kept(15, 1 << 20, Duration.ofHours(1).toMillis()),
            // Nothing that is dead may be missing, so all of them have room.
            new Limits.Kept(10_000, 1 << 30, Duration.ofDays(1_000).toMillis()),
            new Limits.Requests(1 << 20, 60_000, Duration.ofHours(24).toMillis()),
            new Limits.Schedules(1_000, 1 << 20, 3_600_000),
            new Limits.UniqueKeys(1_000, 1 << 20, null),
            LEASE.toNanos(),
            audit.toNanos(),
            new Limits.Ended(1_000, 600_000)),
        new Partition.Queue(500, 500, 16 << 20),
        new Partition.BatchMax(20, 64 << 10, 50),
        20,
        new Partition.Snapshots(
            10, 15, 2, new Partition.Backoff(Duration.ofSeconds(1), Duration.ofSeconds(8), 0)),
        new Partition.Backoff(Duration.ofMillis(20), Duration.ofMillis(400), 0.2));
  }

  private Tuning() {}
}
