package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.reeve.client.ReeveClient;
import io.reeve.client.ScheduleRequest;
import io.reeve.client.TaskRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * Every example of every help, run as it stands by a shell, against a real node and a real worker.
 * Ids, ports and directories are exchanged for those of the test. Demonstrations and benchmarks,
 * which start many processes, are only parsed here; DemoAndBenchTest and ClusterDemoTest run them.
 */
@Timeout(240)
class HelpExamplesTest {

  /** Commands that are only parsed. */
  private static final Set<String> PARSED = Set.of("demo", "cluster-demo", "bench", "store");

  /** Commands that talk to a node. */
  private static final Set<String> CLIENTS =
      Set.of("submit", "get", "explain", "list", "watch", "cancel", "nodes", "workers", "demand");

  /** Commands whose commands talk to a node. */
  private static final Set<String> GROUPS_OF_CLIENTS = Set.of("dead", "queues", "schedules");

  private static final boolean JQ =
      Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
          .anyMatch(directory -> Files.isExecutable(Path.of(directory, "jq")));

  @TempDir private static Path directory = Path.of("");

  private static OneJvm processes = new OneJvm(Path.of(""));
  private static List<AutoCloseable> toClose = List.of();
  private static String home = "";

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is a bash");
    processes = new OneJvm(directory);
    var programs = processes.programs(Map.of());
    assertThat(programs.node().run(null, Map.of("reeve.partition.count", 2))).isZero();
    home = processes.endpoint();
    var settings = Map.<String, Object>of(Programs.WORKER_QUEUES, List.of("default", "mail"));
    assertThat(programs.worker().run(null, settings)).isZero();
    Files.writeString(directory.resolve("mail.json"), "{\"to\":\"ada@example.org\"}");
    toClose = List.of(processes);
  }

  @AfterAll
  static void stop() throws Exception {
    for (var closeable : toClose) {
      closeable.close();
    }
  }

  static Stream<String> examples() {
    var root = ReeveCommand.commandLine(terminal(), Programs.ofThisInstallation());
    var commands = new ArrayList<CommandLine>(List.of(root));
    for (var command : root.getSubcommands().values()) {
      commands.add(command);
      commands.addAll(command.getSubcommands().values());
    }
    return commands.stream()
        .flatMap(command -> Arrays.stream(command.getCommandSpec().usageMessage().footer()))
        .filter(line -> line.startsWith("  "))
        // The root's examples have a remark beside them.
        .map(line -> line.strip().replaceFirst(" {3,}\\S.*", ""))
        .distinct();
  }

  private static Terminal terminal() {
    return Terminal.ofProcess(Map.of(), System.getProperties());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleDoesWhatItSays(String example) throws Exception {
    try (var shell = new ShellBridge(Files.createTempDirectory(directory, "shell"), this::reeve)) {
      Files.copy(directory.resolve("mail.json"), shell.directory().resolve("mail.json"));
      var ended = shell.run(prepared(example));

      assertThat(ended.exitCode()).as("%s%n%s%s", example, ended.out(), ended.err()).isZero();
    }
  }

  /** The example with ids of tasks that are there. */
  private static String prepared(String example) throws Exception {
    var script = example.replace("127.0.0.1:7470", home);
    if (!JQ) {
      script = script.replaceFirst("\\| jq .*", "");
    }
    if (script.contains("xargs reeve cancel")) {
      try (var client = ReeveClient.connect(home)) {
        client.submit(TaskRequest.of("nobody-serves-this").queue("mail").build());
      }
    }
    if (script.contains("schedules")) {
      try (var client = ReeveClient.connect(home)) {
        var task = TaskRequest.of("echo").payload("good night").build();
        client
            .schedules()
            .set("nightly", ScheduleRequest.cron("30 2 * * *", ZoneId.of("UTC")).task(task));
      }
    }
    if (!script.contains("0-4")) {
      return script;
    }
    try (var client = ReeveClient.connect(home)) {
      var live = example.contains("cancel");
      var dies = example.contains("reeve dead");
      var request = TaskRequest.of(dies ? "fail" : "echo").payload(dies ? "" : "hello");
      if (dies) {
        request.attemptsMax(1);
      }
      var first = client.submit((live ? request.delay(Duration.ofHours(1)) : request).build());
      var second = client.submit(request.build());
      if (!live) {
        client.awaitResult(first.taskId(), Duration.ofMinutes(1));
        client.awaitResult(second.taskId(), Duration.ofMinutes(1));
      }
      return script.replace("0-42", first.taskId()).replace("0-43", second.taskId());
    }
  }

  private int reeve(List<String> arguments, Map<String, String> environment, Terminal terminal) {
    var command = arguments.isEmpty() ? "" : arguments.get(0);
    var programs = processes.programs(environment);
    if (PARSED.contains(command)) {
      ReeveCommand.commandLine(terminal, programs).parseArgs(arguments.toArray(String[]::new));
      return 0;
    }
    var all = new ArrayList<>(arguments);
    if (CLIENTS.contains(command) && !all.contains("--endpoint")) {
      all.addAll(1, List.of("--endpoint", home));
    }
    if (GROUPS_OF_CLIENTS.contains(command) && all.size() > 1) {
      all.addAll(2, List.of("--endpoint", home));
    }
    return ReeveCommand.run(terminal, programs, all.toArray(String[]::new));
  }
}
