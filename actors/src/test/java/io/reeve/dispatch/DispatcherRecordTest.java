package io.reeve.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.reeve.domain.rules.DispatcherEvent;
import io.reeve.domain.rules.EpochStarted;
import io.reeve.domain.rules.LanePreference;
import io.reeve.domain.rules.QueueChange;
import io.reeve.domain.rules.QueueDecision;
import io.reeve.domain.rules.QueueSet;
import io.reeve.domain.rules.QueueSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.apache.pekko.persistence.testkit.javadsl.SnapshotTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The journal of the dispatchers, with a probe for the dispatcher. */
class DispatcherRecordTest {

  private static final String ID = "dispatcher";
  private static final int EVENTS_PER_SNAPSHOT = 200;

  private final ActorTestKit kit =
      ActorTestKit.create(
          PersistenceTestKitPlugin.config()
              .withFallback(PersistenceTestKitSnapshotPlugin.config())
              .withFallback(
                  ConfigFactory.parseString(
                      "pekko.actor.provider = local\n"
                          + "reeve.dispatcher.epoch-backoff { min = 1ms, max = 300ms }"))
              .withFallback(ConfigFactory.load()));
  private final PersistenceTestKit journal = PersistenceTestKit.create(kit.system());
  private final SnapshotTestKit snapshots = SnapshotTestKit.create(kit.system());
  private final DispatcherSettings settings =
      DispatcherSettings.from(kit.system().settings().config());
  private final TestProbe<DispatcherRecord.Told> dispatcher = kit.createTestProbe();
  private final TrimmedRows trimmed = new TrimmedRows();
  private final AtomicLong nanos = new AtomicLong();
  private long calls;

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void aFailedRuleKeepsTheEpoch() {
    var record = start();
    opened(1);
    journal.failNextPersisted(ID);

    record.tell(weight(2));

    assertThat(dispatcher.expectMessageClass(DispatcherRecord.Reopened.class).rules().version())
        .isZero();
    record.tell(weight(3));
    dispatcher.expectMessageClass(DispatcherRecord.Changed.class);
    assertThat(journal.persistedInStorage(ID)).hasSize(2);
  }

  @Test
  void whoFindsARowOfAnotherDispatcherWaitsBeforeItTakesTheLead() {
    var record = start();
    opened(1);
    journal.persistForRecovery(ID, List.of(new EpochStarted(2, 0, "other")));
    journal.failNextPersisted(ID);

    record.tell(weight(2));

    dispatcher.expectNoMessage(settings.epochBackoffMax().minusMillis(100));
    opened(3);
  }

  @Test
  void oneWhoWasToldOfAnotherTakesOneEpoch() {
    var record = start();
    opened(1);

    record.tell(new DispatcherRecord.TakeEpoch(5));
    record.tell(new DispatcherRecord.TakeEpoch(5));

    opened(6);
    dispatcher.expectNoMessage();
  }

  @Test
  void aWishWhoseCallerHasGivenUpIsNotCarriedOut() {
    var record = start();
    opened(1);
    var late = new DispatcherRecord.Change(1, configure(2), nanos.get());

    record.tell(late);

    assertThat(dispatcher.expectMessageClass(DispatcherRecord.Refused.class).refusal().code())
        .isEqualTo(QueueDecision.Code.NO_DISPATCHER);
    assertThat(journal.persistedInStorage(ID)).hasSize(1);
  }

  @Test
  void rowsBehindTheOlderSnapshotGo() {
    var rows = new ArrayList<>();
    rows.add(new EpochStarted(1, 0, "n"));
    while (rows.size() < EVENTS_PER_SNAPSHOT - 1) {
      rows.add(set(rows.size()));
    }
    journal.persistForRecovery(ID, rows);
    var first = start();
    opened(2);
    assertThat(snapshotRow()).isEqualTo(EVENTS_PER_SNAPSHOT);
    kit.stop(first, Duration.ofSeconds(10));

    var second = start();
    opened(3);
    for (var i = 1; i < EVENTS_PER_SNAPSHOT; i++) {
      second.tell(weight(1 + i % 7));
      dispatcher.expectMessageClass(DispatcherRecord.Changed.class);
    }

    assertThat(snapshotRow()).isEqualTo(2 * EVENTS_PER_SNAPSHOT);
    dispatcher.awaitAssert(
        () -> {
          assertThat(trimmed.upTo()).containsExactly((long) EVENTS_PER_SNAPSHOT);
          return null;
        });
  }

  private long snapshotRow() {
    snapshots.expectNextPersistedClass(ID, io.reeve.domain.rules.Recorded.class);
    var all = snapshots.persistedInStorage(ID);
    return all.get(all.size() - 1).first().sequenceNr();
  }

  private ActorRef<DispatcherRecord.Command> start() {
    return kit.spawn(
        DispatcherRecord.create(
            settings,
            Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
            nanos::get,
            "n",
            trimmed,
            dispatcher.getRef()));
  }

  private void opened(long epoch) {
    assertThat(dispatcher.expectMessageClass(DispatcherRecord.Opened.class).epoch())
        .isEqualTo(epoch);
  }

  private DispatcherRecord.Change weight(int weight) {
    return new DispatcherRecord.Change(++calls, configure(weight), nanos.get() + 1);
  }

  private static QueueChange configure(int weight) {
    return new QueueChange.Configure(
        "mail", weight, LanePreference.STRICT, QueueChange.ANY_VERSION, "", "");
  }

  private static DispatcherEvent set(int version) {
    var settings = new QueueSettings(2 + version % 7, LanePreference.STRICT, null);
    return new QueueSet(version, "mail", settings, "", "", 0);
  }
}
