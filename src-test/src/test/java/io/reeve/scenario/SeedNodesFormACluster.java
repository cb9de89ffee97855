package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.node.NodeMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Nodes that find each other by their settings. The first seed is killed and comes back under the
 * same address, another node likewise, while work goes on.
 *
 * <p>{@code -Dseed=…} repeats the load.
 */
@Tag("slow")
class SeedNodesFormACluster {

  private static final long SEED = Long.getLong("seed", System.nanoTime());
  private static final Duration FLOWS_WITHIN = Duration.ofMinutes(3);
  private static final Duration DRAINED_WITHIN = Duration.ofMinutes(3);

  @RegisterExtension private final Fleet fleet = new Fleet();
  private final Map<String, Integer> ports = freePorts();

  @Test
  @Timeout(900)
  void aSeedNodeThatWasKilledComesBackAndWorkGoesOn() {
    System.out.println("seed " + SEED);
    try (var cluster = new ClusterOfThree(fleet)) {
      var history = new History(fleet);
      for (var name : ClusterOfThree.NAMES) {
        cluster.start(name, settings(name));
        assertThat(cluster.node(name).process().said()).contains(", 16 partitions, ");
      }
      fleet.worker("crane", cluster.endpoints(), 16);
      fleet.worker("heron", cluster.endpoints(), 16);
      try (var client = cluster.client();
          var load = new Load(client, SEED)) {
        for (var name : List.of("north", "south")) {
          awaitFlow(load, history);
          cluster.node(name).process().kill();
          awaitFlow(load, history);
          refusesAnotherNumber(cluster, name);
          cluster.start(name, settings(name));
          awaitFlow(load, history);
        }
        load.stop();
        judge(load, history);
      }
    }
  }

  private void refusesAnotherNumber(ClusterOfThree cluster, String name) {
    var settings = new ArrayList<>(List.of(settings(name)));
    settings.add("reeve.partition.count=32");

    var refused = cluster.startInVain(name, settings.toArray(String[]::new));

    assertThat(refused.awaitExit()).isEqualTo(NodeMain.MISCONFIGURED);
    assertThat(refused.said())
        .contains("reeve.partition.count: expected the number that the running nodes have, got 32");
  }

  private static void judge(Load load, History history) {
    Await.until(
        "every task has ended",
        DRAINED_WITHIN,
        () -> {
          history.readOn();
          return history.checker().unfinished().isEmpty();
        });
    System.out.printf(
        "%d acknowledged tasks; %s; %d repeats%n",
        load.acknowledgedTasks(), history.checker().summary(), load.repeats());
    assertThat(load.mistakes()).as("answers that contradict each other").isEmpty();
    assertThat(history.checker().violations()).isEmpty();
    assertThat(history.checker().missing(load.acknowledged())).isEmpty();
  }

  private static void awaitFlow(Load load, History history) {
    var before = load.acknowledgedTasks();
    Await.until(
        "load flows",
        FLOWS_WITHIN,
        () -> {
          history.readOn();
          return load.acknowledgedTasks() > before + 1000;
        });
  }

  private String[] settings(String name) {
    var seeds =
        ClusterOfThree.NAMES.stream()
            .map(seed -> "127.0.0.1:" + ports.get(seed))
            .collect(Collectors.joining(","));
    return new String[] {
      "reeve.cluster.seed-nodes=" + seeds, "reeve.cluster.port=" + ports.get(name)
    };
  }

  /** Free just now; taken all at once, so that they differ. */
  private static Map<String, Integer> freePorts() {
    var ports = new HashMap<String, Integer>();
    var sockets = new ArrayList<ServerSocket>();
    try {
      for (var name : ClusterOfThree.NAMES) {
        var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        ports.put(name, socket.getLocalPort());
      }
      for (var socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(ports);
  }
}
