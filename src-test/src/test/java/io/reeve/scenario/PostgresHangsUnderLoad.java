package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The database server keeps its connections and answers nothing for a while: no error comes, so
 * only time-outs can tell. A write that was on its way may still be carried out afterwards, when
 * the partition has long given it up.
 *
 * <p>{@code -Dreeve.scenario.hang=20} asks for so many seconds.
 */
@Tag("slow")
class PostgresHangsUnderLoad {

  private static final Duration HANG =
      Duration.ofSeconds(Integer.getInteger("reeve.scenario.hang", 12));
  private static final long SEED = Long.getLong("seed", System.nanoTime());

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Test
  @Timeout(600)
  void callersAreAnsweredAndTheNodeGoesOnByItself() {
    System.out.printf("seed %d, %s%n", SEED, HANG);
    try (var outage = new PostgresOutage(fleet, new Random(SEED))) {
      outage.awaitFlow();
      // The first process first, so that it cannot start others meanwhile.
      Signals.suspend(outage.server().pids().subList(0, 1));
      var all = outage.server().pids();
      Signals.suspend(all);
      var noticed = Await.until("the node is not ready", HANG, () -> !outage.node().isReady());
      Await.pass(HANG.minus(noticed));
      assertThat(outage.node().isReady()).as("ready without its store").isFalse();
      assertThat(outage.node().isLive()).as("live without its store").isTrue();
      Signals.resume(all);
      var recovery = outage.recovery(System.nanoTime());
      Await.until("the node is ready", HANG, outage.node()::isReady);

      System.out.printf(
          "not ready %d ms after the hang, tasks taken again %s after its end%n",
          noticed.toMillis(), recovery);
      outage.awaitFlow();
      outage.judge();
      assertThat(outage.refusals()).as("who waited for an answer got one").isNotEmpty();
      assertThat(recovery).isLessThan(PostgresOutage.WORKS_AGAIN_WITHIN);
    }
  }
}
