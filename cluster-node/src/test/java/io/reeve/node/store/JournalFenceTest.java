package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The primary key of the journal as the fence between two writers of one entity. */
@ParameterizedClass
@EnumSource(StoreKind.class)
class JournalFenceTest {

  private static final Duration LONG = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofSeconds(1);

  private final StoreKind.Opened opened;
  private final ActorTestKit kit;

  JournalFenceTest(StoreKind kind, @TempDir Path directory) {
    opened = kind.open(directory);
    kit = ActorTestKit.create("fence", TestStores.system(opened.store()));
  }

  @AfterEach
  void close() {
    kit.shutdownTestKit();
    opened.close();
  }

  @Test
  void aRowThatAnotherWriterTookFailsItsEntityAloneAndOthersGoOn() throws Exception {
    var fenced = kit.spawn(Ledger.create("fenced"));
    assertThat(enter(fenced, LONG).join()).isEqualTo(1);
    var others = new ArrayList<ActorRef<Ledger.Command>>();
    for (var i = 0; i < 20; i++) {
      others.add(kit.spawn(Ledger.create("other-" + i)));
    }
    takeNextRow("fenced");

    var refused = enter(fenced, SHORT);
    var rest = new ArrayList<CompletableFuture<Long>>();
    for (var round = 0; round < 10; round++) {
      others.forEach(other -> rest.add(enter(other, LONG)));
    }

    assertThatThrownBy(refused::join).isInstanceOf(CompletionException.class);
    assertThat(rest).allSatisfy(reply -> assertThat(reply.join()).isPositive());
    others.forEach(other -> assertThat(count(other)).isEqualTo(10));
  }

  @Test
  void theFencedEntityComesBackWithTheOtherWritersRow() throws Exception {
    var fenced = kit.spawn(Ledger.create("fenced"));
    enter(fenced, LONG).join();
    takeNextRow("fenced");
    assertThatThrownBy(enter(fenced, SHORT)::join).isInstanceOf(CompletionException.class);

    assertThat(count(fenced)).isEqualTo(2);
    assertThat(enter(fenced, LONG).join()).isEqualTo(3);
  }

  @Test
  void theStoreTellsAConflictFromOtherFailures() throws Exception {
    enter(kit.spawn(Ledger.create("taken")), LONG).join();
    try (var connection = opened.journal();
        var insert = connection.createStatement()) {
      var again =
          catchThrowable(
              () ->
                  insert.execute(
                      "INSERT INTO event_journal (persistence_id, sequence_number, writer,"
                          + " write_timestamp, adapter_manifest, event_ser_id,"
                          + " event_ser_manifest, event_payload)"
                          + " SELECT persistence_id, sequence_number, writer, write_timestamp,"
                          + " adapter_manifest, event_ser_id, event_ser_manifest, event_payload"
                          + " FROM event_journal"));
      var wrong = catchThrowable(() -> insert.execute("INSERT INTO nowhere VALUES (1)"));

      assertThat(opened.store().fenced(new IllegalStateException("write", again))).isTrue();
      assertThat(wrong).isInstanceOf(SQLException.class);
      assertThat(opened.store().fenced(new IllegalStateException("write", wrong))).isFalse();
    }
  }

  @Test
  void fortyConflictsInARowDoNotCloseTheJournalForOthers() throws Exception {
    var fenced = new ArrayList<CompletableFuture<Long>>();
    for (var i = 0; i < 40; i++) {
      var ledger = kit.spawn(Ledger.create("fenced-" + i));
      assertThat(count(ledger)).isZero();
      takeNextRow("fenced-" + i);
      fenced.add(enter(ledger, SHORT));
    }
    assertThat(fenced)
        .allSatisfy(
            reply -> assertThatThrownBy(reply::join).isInstanceOf(CompletionException.class));

    var other = kit.spawn(Ledger.create("other"));

    assertThat(enter(other, LONG).join()).isEqualTo(1);
  }

  private CompletableFuture<Long> enter(ActorRef<Ledger.Command> ledger, Duration within) {
    return AskPattern.<Ledger.Command, Long>ask(
            ledger,
            replyTo -> new Ledger.Enter(new byte[100], replyTo),
            within,
            kit.system().scheduler())
        .toCompletableFuture();
  }

  private long count(ActorRef<Ledger.Command> ledger) {
    return AskPattern.<Ledger.Command, Long>ask(
            ledger, Ledger.Count::new, LONG, kit.system().scheduler())
        .toCompletableFuture()
        .join();
  }

  /** Writes the row that {@code persistenceId} is about to write, as a second writer would. */
  private void takeNextRow(String persistenceId) throws Exception {
    try (var connection = opened.journal();
        var insert =
            connection.prepareStatement(
                "INSERT INTO event_journal (persistence_id, sequence_number, writer,"
                    + " write_timestamp, adapter_manifest, event_ser_id, event_ser_manifest, event_payload)"
                    + " SELECT ?, coalesce(max(sequence_number), 0) + 1, 'another', 0, '', 4, '', ?"
                    + " FROM event_journal WHERE persistence_id = ?")) {
      insert.setString(1, persistenceId);
      insert.setBytes(2, new byte[1]);
      insert.setString(3, persistenceId);
      assertThat(List.of(insert.executeUpdate())).containsExactly(1);
    }
  }
}
