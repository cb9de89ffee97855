package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The database server is killed under load, stays away for some time, and comes back. Nothing that
 * was acknowledged may be missing, and the node has to go on by itself.
 *
 * <p>{@code -Dreeve.scenario.kills=20} asks for more rounds, {@code -Dreeve.scenario.away=60} for
 * up to so many seconds away, {@code -Dseed=…} repeats the instants.
 */
@Tag("slow")
class PostgresIsKilledUnderLoad {

  private static final int KILLS = Integer.getInteger("reeve.scenario.kills", 3);
  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final int AWAY_MS_MAX = 1000 * Integer.getInteger("reeve.scenario.away", 8);
  private static final int LOAD_MS_MAX = 1500;

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Test
  @Timeout(600)
  void nothingAcknowledgedIsLostAndTheNodeGoesOnByItself() {
    System.out.printf("seed %d, %d kills%n", SEED, KILLS);
    var random = new Random(SEED);
    try (var outage = new PostgresOutage(fleet, random)) {
      var recoveries = new ArrayList<Duration>();
      for (var kill = 1; kill <= KILLS; kill++) {
        outage.awaitFlow();
        Await.pass(Duration.ofMillis(random.nextInt(LOAD_MS_MAX)));
        outage.server().kill();
        Await.pass(Duration.ofMillis(random.nextInt(AWAY_MS_MAX)));
        outage.server().restart();
        recoveries.add(outage.recovery(System.nanoTime()));
      }
      System.out.println("tasks taken again after " + recoveries);
      outage.judge();
      assertThat(recoveries)
          .allSatisfy(
              recovery -> assertThat(recovery).isLessThan(PostgresOutage.WORKS_AGAIN_WITHIN));
    }
  }
}
