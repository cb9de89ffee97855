package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.client.ReeveClient;
import io.reeve.client.TaskRequest;
import io.reeve.v1.OnCollision;
import io.reeve.v1.TaskState;
import io.reeve.v1.UniqueScope;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code reeve dead} against a real node and a real worker. Each test has a queue of its own. */
@Timeout(120)
class DeadCommandTest {

  private static final Duration SOON = Duration.ofMinutes(1);

  @TempDir private static Path directory = Path.of("");

  private static OneJvm processes = new OneJvm(Path.of(""));
  private final CommandLineRun cli = new CommandLineRun();

  @BeforeAll
  static void start() {
    processes = new OneJvm(directory);
    var programs = processes.programs(Map.of());
    assertThat(programs.node().run(null, Map.of("reeve.partition.count", 2))).isZero();
    var queues = List.of("list", "groups", "show", "one", "many", "discard", "held");
    assertThat(programs.worker().run(null, Map.of(Programs.WORKER_QUEUES, queues))).isZero();
  }

  @AfterAll
  static void stop() {
    processes.close();
  }

  @Test
  void listsWhatDied() {
    var dead = dies("list", "order 17 not found");

    assertThat(reeve("list", "--queue", "list")).isZero();

    assertThat(cli.out())
        .contains("ID", "DIED", "FAILURE", dead, "error asked: order 17 not found");
    assertThat(reeve("list", "--queue", "list", "--output", "json")).isZero();
    assertThat(cli.out()).contains("\"taskId\":\"" + dead + "\"", "\"attempts\":[{\"number\":1");
    assertThat(reeve("list", "--queue", "list", "--until", "1h")).isZero();
    assertThat(cli.err()).contains("no dead letters");
  }

  @Test
  void groupsByError() {
    dies("groups", "order 17 not found");
    dies("groups", "order 18 not found");
    dies("groups", "no money");

    assertThat(reeve("groups", "--queue", "groups")).isZero();

    var lines = cli.out().lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(1)).contains("  2 ").endsWith("fail  error asked: order # not found");
    assertThat(lines.get(2)).contains("  1 ").endsWith("fail  error asked: no money");
    var fingerprint = lines.get(1).substring(0, 16);
    assertThat(reeve("redrive", "--group", fingerprint, "--queue", "groups", "--yes")).isZero();
    assertThat(cli.out()).endsWith("redriven 2\n");
  }

  @Test
  void showsTheAttemptsOfATaskAndOfTheOneThatItRepeats() {
    var dead = dies("show", "no");
    assertThat(reeve("redrive", dead, "--attempts", "1")).isZero();
    var next = redrivenAs(dead);
    awaitDead(next);

    assertThat(reeve("show", next)).isZero();

    assertThat(cli.out()).contains("redrive of " + dead, "redriven   as " + next, "attempt 1");
    assertThat(reeve("show", "0-999999")).isEqualTo(ExitCode.NOT_FOUND.number());
  }

  @Test
  void redrivesOneOnce() {
    var dead = dies("one", "no");

    assertThat(reeve("redrive", dead)).isZero();
    assertThat(reeve("redrive", dead)).isZero();

    var next = redrivenAs(dead);
    assertThat(cli.out())
        .isEqualTo(
            "redriven %s as %s%nalready redriven %s as %s%n".formatted(dead, next, dead, next));
    assertThat(reeve("discard", dead)).isEqualTo(ExitCode.REFUSED.number());
  }

  @Test
  void namesTheTaskThatHoldsTheKeyOfADeadOne() {
    String dead;
    String holder;
    try (var client = ReeveClient.connect(processes.endpoint())) {
      dead = client.submit(unique("fail", "held")).taskId();
      assertThat(client.awaitResult(dead, SOON).getState()).isEqualTo(TaskState.TASK_STATE_DEAD);
      holder = client.submit(unique("echo", "nobody-serves-this")).taskId();
    }

    assertThat(reeve("redrive", dead)).isEqualTo(ExitCode.REFUSED.number());

    assertThat(cli.err()).contains("task " + holder + " holds").doesNotContain("--request-id");
    assertThat(reeve("redrive", "--queue", "held", "--yes")).isZero();
    assertThat(cli.out()).endsWith("redriven 0\n");
    assertThat(redrivenAs(dead)).isEmpty();
  }

  private static TaskRequest unique(String kind, String queue) {
    return TaskRequest.of(kind)
        .payload("{\"message\": \"no\", \"permanent\": true}")
        .queue(queue)
        .unique(
            "order-17", UniqueScope.UNIQUE_SCOPE_UNTIL_ENDED, OnCollision.ON_COLLISION_RETURN_FIRST)
        .build();
  }

  @Test
  void actsOnManyOnlyWhenToldSo() {
    var first = dies("many", "no");
    var second = dies("many", "no");

    assertThat(reeve("redrive", "--queue", "many")).isEqualTo(ExitCode.USAGE.number());
    assertThat(cli.err()).contains("expected --yes to redrive 2 tasks");
    assertThat(redrivenAs(first)).isEmpty();

    assertThat(reeve("redrive", "--queue", "many", "--yes", "--output", "json")).isZero();
    assertThat(cli.out()).endsWith("{\"redriven\":2}\n");
    assertThat(List.of(redrivenAs(first), redrivenAs(second))).doesNotContain("");
  }

  @Test
  void discards() {
    var dead = dies("discard", "no");

    assertThat(reeve("discard", "--queue", "discard", "--yes")).isZero();
    assertThat(cli.out()).isEqualTo("discarded 1\n");
    assertThat(reeve("discard", dead)).isZero();
    assertThat(cli.out()).endsWith("already discarded " + dead + "\n");
    assertThat(reeve("redrive", dead)).isEqualTo(ExitCode.REFUSED.number());
  }

  @Test
  void wantsIdsOrAFilter() {
    assertThat(reeve("redrive")).isEqualTo(ExitCode.USAGE.number());
    assertThat(reeve("discard", "0-1", "--all")).isEqualTo(ExitCode.USAGE.number());
    assertThat(reeve("redrive", "0-1", "--attempts", "0")).isEqualTo(ExitCode.USAGE.number());
  }

  // ---- Steps

  private static String dies(String queue, String message) {
    try (var client = ReeveClient.connect(processes.endpoint())) {
      var request =
          TaskRequest.of("fail")
              .payload("{\"message\": \"" + message + "\", \"permanent\": true}")
              .queue(queue)
              .build();
      var id = client.submit(request).taskId();
      assertThat(client.awaitResult(id, SOON).getState()).isEqualTo(TaskState.TASK_STATE_DEAD);
      return id;
    }
  }

  private static void awaitDead(String id) {
    try (var client = ReeveClient.connect(processes.endpoint())) {
      assertThat(client.awaitResult(id, SOON).getState()).isEqualTo(TaskState.TASK_STATE_DEAD);
    }
  }

  private static String redrivenAs(String id) {
    try (var client = ReeveClient.connect(processes.endpoint())) {
      return client.get(id).getRedrivenAs();
    }
  }

  private int reeve(String... arguments) {
    var all = new ArrayList<>(List.of("dead"));
    all.addAll(List.of(arguments));
    all.addAll(2, List.of("--endpoint", processes.endpoint()));
    return cli.run(all.toArray(String[]::new));
  }
}
