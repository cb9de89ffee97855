package io.reeve.rig;

import io.reeve.scenario.Await;
import io.reeve.scenario.Signals;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is done to the PostgreSQL of a cluster under load, and what has to hold besides every
 * invariant of the checker.
 */
@Tag("rig")
@TestMethodOrder(MethodOrderer.MethodName.class)
@Timeout(420)
class StoreRigTest extends RigFixture {

  /** From the return of PostgreSQL until all goes on. */
  private static final Duration AFTER_OUTAGE = patient(10);

  /** Twice the time-out of a write. */
  private static final Duration HANG = Duration.ofSeconds(20);

  private static final int BREAKS = 15;

  @Tag("rig-quick")
  @ParameterizedTest(name = "F08 seed {0}")
  @MethodSource("seeds")
  void f08PostgresRestartsAtOnce(long seed) {
    run(
        "F08",
        seed,
        run -> {
          run.steady();
          run.fault("immediate stop of PostgreSQL", run.cluster().postgres()::stopAtOnce);
          run.pass(run.upTo(Duration.ofSeconds(4)));
          run.act("start of PostgreSQL", run.cluster().postgres()::restart);
          run.recovers("start", AFTER_OUTAGE, run.cluster()::isReady);
          run.steady();
          var writers = Database.of(run.cluster()).writers();
          var writer = writers.get(run.random().nextInt(writers.size()));
          run.fault(
              "SIGKILL of a backend that writes", () -> Signals.send("-KILL", List.of(writer)));
          run.recovers("SIGKILL of a backend", AFTER_OUTAGE, run.cluster()::isReady);
        });
  }

  @ParameterizedTest(name = "F09 seed {0}")
  @MethodSource("seeds")
  void f09PostgresStandsStill(long seed) {
    run(
        "F09",
        seed,
        run -> {
          run.steady();
          var server = run.cluster().postgres();
          var starts = RigCluster.NODES.stream().mapToInt(run.cluster()::starts).sum();
          run.fault(
              "SIGSTOP of PostgreSQL",
              () -> {
                // The first process first, so that it cannot start others meanwhile.
                Signals.suspend(server.pids().subList(0, 1));
                Signals.suspend(server.pids());
              });
          // Without a look at the journal, which would stand still, too.
          Await.pass(HANG);
          run.act("SIGCONT of PostgreSQL", () -> Signals.resume(server.pids()));
          run.recovers("SIGCONT", AFTER_OUTAGE, run.cluster()::isReady);
          if (RigCluster.NODES.stream().mapToInt(run.cluster()::starts).sum() != starts) {
            run.wrong("expected all nodes to live through it");
          }
        });
  }

  @Tag("rig-quick")
  @ParameterizedTest(name = "F15 seed {0}")
  @MethodSource("seeds")
  void f15AnotherWriterTakesARow(long seed) {
    run(
        "F15",
        seed,
        run -> {
          run.steady();
          for (var round = 1; round <= 3; round++) {
            var partition = run.random().nextInt(RigCluster.PARTITIONS);
            run.fault(
                "a row of another writer in partition " + partition,
                () -> Database.of(run.cluster()).poison(partition));
            run.recovers("row", AFTER_OUTAGE, () -> true);
            if (run.silent() > PATIENCE) {
              run.wrong(
                  "expected %d silent partitions at most, got %d"
                      .formatted(PATIENCE, run.silent()));
            }
          }
        });
  }

  @ParameterizedTest(name = "F29 seed {0}")
  @MethodSource("seeds")
  void f29RowsFailOrTakeLongAndConnectionsBreak(long seed) {
    run(
        "F29",
        seed,
        run -> {
          run.steady();
          var database = Database.of(run.cluster());
          run.fault("one row of 200 fails, another takes a second", database::failRows);
          for (var time = 1; time <= BREAKS; time++) {
            run.pass(Duration.ofSeconds(1).plus(run.upTo(Duration.ofSeconds(1))));
            var writers = database.writers();
            var writer = writers.get(run.random().nextInt(writers.size()));
            run.fault("the end of a connection that writes", () -> database.disconnect(writer));
          }
          run.act("rows are stored again", database::storeRows);
          run.recovers("the last fault", AFTER_OUTAGE, run.cluster()::isReady);
        });
  }
}
