package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A node with a connected worker and nothing to do writes nothing and costs nothing worth naming.
 *
 * <p>The processor's time is the node's own, so other load on the machine does not count towards
 * it; but it makes the same work dearer, with cold caches and a late compiler. What is judged is
 * therefore the middle of three watches in a row, and a machine that is overloaded gets a higher
 * bound, never none.
 */
@Tag("slow")
class IdleNodeIsIdle {

  private static final Duration WATCHED = Duration.ofSeconds(10);

  /** What the start left to do, the compiler's work first, is not what idleness costs. */
  private static final int WATCHES_MAX = 12;

  private static final Duration SOON = Duration.ofSeconds(60);

  /** Watches in a row whose middle is judged. */
  private static final int JUDGED = 3;

  /** Of one processor. */
  private static final double SHARE_MAX = 0.01;

  /** Where more threads want to run than there are processors; 2.2 % was seen at 7 on 2. */
  private static final double SHARE_MAX_OVERLOADED = 0.03;

  /** Of the kernel's accounting in /proc; 100 on every Linux there is. */
  private static final int TICKS_PER_SECOND = 100;

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Test
  @Timeout(300)
  void nothingIsWrittenAndNextToNoTimeIsSpent() {
    var stat = Path.of("/proc/self/stat");
    assumeTrue(Files.exists(stat), "the processor's time of a process is read from /proc");
    var node = fleet.node();
    var worker = fleet.worker("idler", node, 4);
    Await.until(
        "the worker is connected",
        SOON,
        () -> node.process().said().contains("worker idler pool "));

    var rows = rows();
    var shares = new ArrayList<Double>();
    do {
      shares.add(shareWithin(node, WATCHED));
    } while (shares.size() < JUDGED
        || (middleOfTheLast(shares) > SHARE_MAX && shares.size() < WATCHES_MAX));

    assertThat(worker.isAlive()).isTrue();
    assertThat(rows()).as("rows of the journal").isEqualTo(rows);
    var load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    var processors = Runtime.getRuntime().availableProcessors();
    System.out.printf(
        "an idle node spends %.2f %% of a processor (load %.1f on %d), by %d watches%n",
        middleOfTheLast(shares) * 100, load, processors, shares.size());
    assertThat(middleOfTheLast(shares))
        .as("of a processor, at a load of %.1f on %d", load, processors)
        .isLessThanOrEqualTo(load <= processors ? SHARE_MAX : SHARE_MAX_OVERLOADED);
  }

  private static double middleOfTheLast(List<Double> shares) {
    return shares.subList(shares.size() - JUDGED, shares.size()).stream()
        .sorted()
        .toList()
        .get(JUDGED / 2);
  }

  private static double shareWithin(NodeProcess node, Duration time) {
    var ticks = ticks(node);
    var began = System.nanoTime();
    Await.pass(time);
    var spent = (ticks(node) - ticks) / (double) TICKS_PER_SECOND;
    return spent / ((System.nanoTime() - began) / 1e9);
  }

  /** User and system time; the fields are counted behind the name, which may hold blanks. */
  private static long ticks(NodeProcess node) {
    try {
      var stat = Files.readString(Path.of("/proc/" + node.process().pid() + "/stat"));
      var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    } catch (IOException e) {
      throw new IllegalStateException("expected a process that runs", e);
    }
  }

  private int rows() {
    try (var reader = fleet.reader()) {
      return reader.rows().size();
    }
  }
}
