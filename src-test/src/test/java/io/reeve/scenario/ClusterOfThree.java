package io.reeve.scenario;

import io.reeve.client.ReeveClient;
import io.reeve.postgres.LocalPostgres;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Three nodes on a PostgreSQL server of their own, each of which keeps its address for clients when
 * it is started again.
 */
final class ClusterOfThree implements AutoCloseable {

  static final List<String> NAMES = List.of("north", "east", "south");

  private static final Duration ENDS_WITHIN = Duration.ofMinutes(3);

  private final Fleet fleet;
  private final LocalPostgres server;
  private final Map<String, NodeProcess> nodes = new HashMap<>();

  ClusterOfThree(Fleet fleet) {
    this.fleet = fleet;
    this.server = PostgresOutage.ownServer();
    fleet.keepTasksIn(server);
  }

  /** Starts all that do not run, at once, and waits until they serve. */
  void startAll(String... settings) {
    var started = new HashMap<String, Member>();
    for (var name : NAMES) {
      if (!nodes.containsKey(name) || !node(name).process().isAlive()) {
        started.put(name, launch(name, settings));
      }
    }
    started.forEach((name, process) -> nodes.put(name, NodeProcess.awaitReady(process, () -> {})));
  }

  /** Starts one, and waits until it serves. */
  void start(String name, String... settings) {
    nodes.put(name, NodeProcess.awaitReady(launch(name, settings), () -> {}));
  }

  /** Starts one that does not stay, and waits for its end. */
  Member startInVain(String name, String... settings) {
    var process = launch(name, settings);
    awaitEnd(process);
    return process;
  }

  private Member launch(String name, String... settings) {
    var port = nodes.containsKey(name) ? node(name).port() : 0;
    return fleet.startNode(name, port, settings);
  }

  NodeProcess node(String name) {
    return Objects.requireNonNull(nodes.get(name), name);
  }

  /** SIGTERM of each, and waits for the end of all. */
  void stopAll() {
    nodes.values().forEach(node -> node.process().askToEnd());
    nodes.values().forEach(node -> awaitEnd(node.process()));
  }

  private static void awaitEnd(Member process) {
    Await.until("the node " + process.name() + " ends", ENDS_WITHIN, () -> !process.isAlive());
  }

  /** Where clients and workers reach all of them. */
  String endpoints() {
    return NAMES.stream().map(name -> node(name).endpoint()).collect(Collectors.joining(","));
  }

  /** A client of all of them, to be closed by the caller. */
  ReeveClient client() {
    return ReeveClient.connect(endpoints());
  }

  @Override
  public void close() {
    server.close();
  }
}
