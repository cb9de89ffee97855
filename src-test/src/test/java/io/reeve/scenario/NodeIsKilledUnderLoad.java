package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.client.TaskQuery;
import io.reeve.v1.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The node is killed at instants nobody chose while clients submit and workers complete, again and
 * again on the same data. Nothing that was acknowledged may be missing afterwards, nothing may end
 * twice.
 *
 * <p>{@code -Dreeve.scenario.kills=20} asks for more rounds, {@code -Dseed=…} repeats the instants.
 */
class NodeIsKilledUnderLoad {

  private static final int KILLS = Integer.getInteger("reeve.scenario.kills", 3);
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final Duration DRAINED_WITHIN = Duration.ofMinutes(2);
  private static final int LOAD_MS_MIN = 500;
  private static final int LOAD_MS_MAX = 2500;

  /** So low that most starts recover from a snapshot and the rows after it. */
  private static final String[] SETTINGS = {
    "reeve.partition.snapshot.rows-min=100",
    "reeve.partition.snapshot.finished-min=100",
    // Rows are removed too, but seconds after they were written: this test has to read them all.
    "reeve.partition.snapshot.kept=10",
    "reeve.partition.finished.max=50"
  };

  private static final TaskQuery LIVE =
      TaskQuery.all()
          .states(
              TaskState.TASK_STATE_WAITING,
              TaskState.TASK_STATE_READY,
              TaskState.TASK_STATE_LEASED);

  private static final String[] MANY_AT_ONCE = {"reeve.worker.pool.prefetch=64"};

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Test
  @Timeout(600)
  void nothingAcknowledgedIsLostAndNothingEndsTwice() {
    System.out.printf("seed %d, %d kills%n", SEED, KILLS);
    var random = new Random(SEED);
    var history = new History(fleet);
    var recoveries = new ArrayList<Duration>();
    var node = fleet.node(SETTINGS);
    var crane = fleet.worker("crane", node, 16, MANY_AT_ONCE);
    var heron = fleet.worker("heron", node, 16, MANY_AT_ONCE);
    try (var client = node.client();
        var load = new Load(client, random.nextLong())) {
      for (var kill = 1; kill <= KILLS; kill++) {
        var before = load.acknowledgedTasks();
        Await.until(
            "load flows",
            Duration.ofSeconds(60),
            () -> {
              history.readOn();
              return load.acknowledgedTasks() > before + 100;
            });
        passReading(history, random.nextInt(LOAD_MS_MIN, LOAD_MS_MAX));
        node.process().kill();
        history.readOn();
        node = fleet.node(node.port(), history::readOn, SETTINGS);
        recoveries.add(node.startedIn());
      }
      load.stop();
      Await.until(
          "every task has ended",
          DRAINED_WITHIN,
          () -> {
            history.readOn();
            return history.checker().unfinished().isEmpty();
          });

      System.out.printf(
          "%d acknowledged tasks in %d calls; %s in %d rows; starts after a kill took %s; unfinished calls"
              + " repeated %d times%n",
          load.acknowledgedTasks(),
          load.acknowledged().size(),
          history.checker().summary(),
          history.rows(),
          recoveries,
          load.repeats());
      assertThat(load.mistakes()).as("answers that contradict each other").isEmpty();
      assertThat(history.checker().violations()).isEmpty();
      assertThat(history.checker().missing(load.acknowledged())).isEmpty();
      assertThat(crane.isAlive() && heron.isAlive()).as("both workers came back").isTrue();
      assertThat(client.list(LIVE)).as("what the node itself holds to be unfinished").isEmpty();
    }
  }

  /** Rows behind the oldest snapshot kept are removed, so they are read as they come. */
  private static void passReading(History history, int millis) {
    var until = System.nanoTime() + Duration.ofMillis(millis).toNanos();
    Await.until(
        "the instant of the kill",
        Duration.ofSeconds(60),
        () -> {
          history.readOn();
          return System.nanoTime() >= until;
        });
  }
}
