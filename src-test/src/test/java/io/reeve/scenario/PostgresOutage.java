package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.reeve.postgres.LocalPostgres;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One node on a PostgreSQL server of its own, a worker, clients that repeat and clients that do
 * not; the ground of the scenarios in which the server is away. Closed after the fleet has ended,
 * or before.
 */
final class PostgresOutage implements AutoCloseable {

  /** After the end of an outage. */
  static final Duration WORKS_AGAIN_WITHIN = Duration.ofSeconds(10);

  private static final Duration FLOWS_WITHIN = Duration.ofSeconds(60);
  private static final Duration DRAINED_WITHIN = Duration.ofMinutes(2);

  /** The time-out of a write at the edge, and some for a busy machine. */
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(13);

  private final LocalPostgres server;
  private final History history;
  private final NodeProcess node;
  private final Load load;
  private final Probe probe;

  PostgresOutage(Fleet fleet, Random random) {
    server = ownServer();
    fleet.keepTasksIn(server);
    history = new History(fleet);
    // With everything it knows in its log, so that a password among it would show.
    node = fleet.node("pekko.log-config-on-start=on");
    fleet.worker("crane", node, 16);
    load = new Load(node.client(), random.nextLong());
    probe = new Probe(node);
  }

  /** Not one that the environment names: nobody else's server may be killed. */
  static LocalPostgres ownServer() {
    var environment = Map.of("PATH", System.getenv().getOrDefault("PATH", ""));
    return LocalPostgres.start(environment, new SecureRandom());
  }

  LocalPostgres server() {
    return server;
  }

  NodeProcess node() {
    return node;
  }

  void awaitFlow() {
    var before = load.acknowledgedTasks();
    Await.until("load flows", FLOWS_WITHIN, () -> load.acknowledgedTasks() > before + 500);
  }

  /** How long after this instant, at which the outage ended, a task was taken. */
  Duration recovery(long endedAtNanos) {
    Await.until("a task is taken", FLOWS_WITHIN, () -> probe.tookSince(endedAtNanos));
    return Duration.ofNanos(System.nanoTime() - endedAtNanos);
  }

  /** What clients were told instead of a task's id. */
  List<Probe.Answer> refusals() {
    return probe.refusals();
  }

  /** Lets all work end, then judges what is there by what was promised. */
  void judge() {
    probe.close();
    load.stop();
    Await.until(
        "every task has ended",
        DRAINED_WITHIN,
        () -> {
          history.readOn();
          return history.checker().unfinished().isEmpty();
        });
    System.out.printf(
        "%d acknowledged tasks; %s in %d rows; %d repeats, %d refusals, longest wait %s%n",
        load.acknowledgedTasks(),
        history.checker().summary(),
        history.rows(),
        load.repeats(),
        probe.refusals().size(),
        probe.longestWait());
    assertThat(load.mistakes()).as("answers that contradict each other").isEmpty();
    assertThat(history.checker().violations()).isEmpty();
    assertThat(history.checker().missing(load.acknowledged())).isEmpty();
    assertThat(probe.refusals())
        .as("refusals in the outages")
        .allSatisfy(
            refusal -> {
              assertThat(refusal.code())
                  .isIn(Status.Code.UNAVAILABLE, Status.Code.RESOURCE_EXHAUSTED);
              assertThat(refusal.reason()).isIn("OUTCOME_UNKNOWN", "NOT_READY", "OVERLOADED");
            });
    assertThat(probe.longestWait()).isLessThan(ANSWERED_WITHIN);
    assertThat(node.process().isAlive()).isTrue();
    assertThat(node.process().said()).doesNotContain(password());
  }

  private String password() {
    return URI.create(server.url()).getUserInfo().split(":", 2)[1];
  }

  @Override
  public void close() {
    probe.close();
    load.close();
    server.close();
  }
}
