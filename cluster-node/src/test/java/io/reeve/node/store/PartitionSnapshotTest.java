package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.reeve.domain.partition.LiveBudget;
import io.reeve.domain.partition.Now;
import io.reeve.domain.task.Lane;
import io.reeve.domain.task.Priority;
import io.reeve.domain.task.RetryPolicy;
import io.reeve.domain.task.TaskClass;
import io.reeve.domain.task.TaskProfile;
import io.reeve.journal.SnapshotSink;
import io.reeve.journal.SnapshotTooLargeException;
import io.reeve.partition.Clients;
import io.reeve.partition.Figures;
import io.reeve.partition.Partition;
import io.reeve.partition.PartitionSettings;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.LoggingTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the sink stores is what a partition starts from, on both kinds of store. */
@ParameterizedClass
@EnumSource(StoreKind.class)
class PartitionSnapshotTest {

  private static final Duration LONG = Duration.ofSeconds(10);
  private static final String ID = Partition.persistenceId(0).id();

  private final StoreKind.Opened opened;
  private final ActorTestKit kit;
  private final Partition.Settings settings;
  private final Partition.Surroundings surroundings;

  PartitionSnapshotTest(StoreKind kind, @TempDir Path directory) {
    opened = kind.open(directory);
    kit = ActorTestKit.create("snapshots", TestStores.system(opened.store()));
    settings =
        PartitionSettings.of(
                ConfigFactory.parseString(
                        "reeve.partition { finished.max = 0, snapshot.rows-min = 40 }")
                    .withFallback(ConfigFactory.load()))
            .partition();
    surroundings = surroundings(opened.store().snapshots(kit.system(), System::nanoTime));
  }

  private Partition.Surroundings surroundings(SnapshotSink snapshots) {
    return new Partition.Surroundings(
        () -> new Now(System.currentTimeMillis(), System.nanoTime()),
        () -> 0.5,
        System::nanoTime,
        opened.store()::fenced,
        opened.store()::room,
        LiveBudget.unbounded(),
        snapshots,
        opened.store().retention(kit.system(), System::nanoTime),
        forgotten -> {},
        new Figures());
  }

  @AfterEach
  void close() {
    kit.shutdownTestKit();
    opened.close();
  }

  @Test
  void aPartitionStartsFromItsNewestSnapshotAndTheRowsBehindIt() {
    var partition = kit.spawn(Partition.create(0, settings, surroundings));
    var first = submit(partition, 3).firstSequence();
    for (var task = 4; task <= 100; task++) {
      var sequence = submit(partition, 1).firstSequence();
      ask(partition, replyTo -> new Clients.Cancel(sequence, "enough", replyTo));
    }
    kit.createTestProbe().awaitAssert(LONG, this::twoSnapshotsAndNoRowBelowTheOlderOne);
    kit.stop(partition);

    var again = kit.spawn(Partition.create(0, settings, surroundings));

    assertThat(listed(again)).containsExactly(first, first + 1, first + 2);
    assertThat(submit(again, 1).firstSequence()).isGreaterThanOrEqualTo(first + 100);
  }

  /** The rows are enough to start from, so a snapshot that does not fit is no more than skipped. */
  @Test
  void aSnapshotAboveTheLimitOfTheStoreIsSkippedAndItsRowsStay() {
    var sink = JdbcSnapshotSink.start(kit.system(), opened::snapshots, 10, System::nanoTime);
    var partition = kit.spawn(Partition.create(0, settings, surroundings(sink)));
    submit(partition, 3);
    LoggingTestKit.warn("could not store a snapshot")
        .withCause(SnapshotTooLargeException.class)
        .expect(
            kit.system(),
            () -> {
              for (var task = 0; task < 50; task++) {
                var sequence = submit(partition, 1).firstSequence();
                ask(partition, replyTo -> new Clients.Cancel(sequence, "enough", replyTo));
              }
              return null;
            });
    kit.stop(partition);

    var again = kit.spawn(Partition.create(0, settings, surroundings));

    assertThat(listed(again)).hasSize(3);
  }

  private List<Long> listed(ActorRef<Partition.Command> partition) {
    var listed =
        (Clients.Listed)
            ask(
                partition,
                replyTo ->
                    new Clients.ListTasks(
                        0, 1000, 1000, 1 << 20, false, Set.of(), "", "", "", replyTo));
    return listed.tasks().stream().map(task -> task.id().sequence()).toList();
  }

  private Void twoSnapshotsAndNoRowBelowTheOlderOne() throws SQLException {
    try (var snapshots = opened.snapshots();
        var journal = opened.journal();
        var kept =
            snapshots
                .createStatement()
                .executeQuery("SELECT count(*), min(sequence_number) FROM snapshot");
        var rows =
            journal
                .createStatement()
                .executeQuery(
                    "SELECT min(sequence_number) FROM event_journal WHERE persistence_id = '"
                        + ID
                        + "'")) {
      assertThat(kept.next()).isTrue();
      assertThat(kept.getInt(1)).isEqualTo(2);
      assertThat(rows.next()).isTrue();
      assertThat(rows.getLong(1)).isEqualTo(kept.getLong(2) + 1);
    }
    return null;
  }

  private Clients.Submitted submit(ActorRef<Partition.Command> partition, int count) {
    var profile =
        new TaskProfile(
            new TaskClass("default", "mail", Lane.NORMAL, Priority.NORMAL),
            300_000,
            0,
            new RetryPolicy(4, Duration.ofSeconds(10), Duration.ofMinutes(10), 2, 0),
            "");
    var task = new Clients.NewTask(profile, 0, 0, new byte[] {1, 2, 3});
    return (Clients.Submitted)
        ask(
            partition,
            replyTo -> new Clients.Submit("", 0, Collections.nCopies(count, task), replyTo));
  }

  private Clients.Reply ask(
      ActorRef<Partition.Command> partition,
      Function<ActorRef<Clients.Reply>, Partition.Command> command) {
    return AskPattern.<Partition.Command, Clients.Reply>ask(
            partition, command::apply, LONG, kit.system().scheduler())
        .toCompletableFuture()
        .join();
  }
}
