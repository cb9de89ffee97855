package io.reeve.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.reeve.bench.process.ReeveProcesses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every shell block of the README and of the pages for operators, run by a shell as it stands.
 * Output that the page shows is compared line by line: numbers and times may differ, and an
 * ellipsis stands for anything.
 *
 * <p>Ports, directories and a server for webhooks are those of the test. The demonstration has
 * fewer files, and a server that keeps its tasks in memory. Nodes on PostgreSQL only read their
 * settings. The demonstration of a cluster and the move of a store are parsed: both have tests of
 * their own.
 */
class PagesTest {

  private static final List<String> PAGES =
      List.of(
          "README.md",
          "docs/operations.md",
          "docs/http-api.md",
          "docs/handlers.md",
          "docs/explain.md",
          "docs/dead-letters.md",
          "docs/queues.md",
          "docs/schedules.md",
          "docs/routing.md",
          "docs/unique-tasks.md");

  /** A shell block, and the output that the page shows after it, if any. */
  private static final Pattern BLOCK =
      Pattern.compile(
          "^```sh\n(?<script>.*?)^```\n(?:\n(?:[^`#\n][^\n]*\n)*\n?```\n(?<shown>.*?)^```\n)?",
          Pattern.DOTALL | Pattern.MULTILINE);

  private static final Pattern VARIABLE =
      Pattern.compile("\u2026|\\d[\\d.,]*(?: ms| s| m \\d+ s)|\\d(?:[\\d.,]*\\d)?");

  private static final Set<String> PARSED = Set.of("cluster-demo", "store");
  private static final Set<String> CLIENTS =
      Set.of("submit", "explain", "nodes", "workers", "demand");
  private static final Set<String> GROUPS_OF_CLIENTS = Set.of("dead", "queues", "schedules");

  @TempDir private static Path directory = Path.of("");

  private static OneJvm processes = new OneJvm(Path.of(""));
  private static String webhooks = "";
  private static Runnable stopWebhooks = () -> {};

  /**
   * @param page that has it
   * @param shown lines; empty if the page shows none
   */
  record Block(String page, String script, List<String> shown) {
    @Override
    public String toString() {
      return page + ": " + script.lines().findFirst().orElse("");
    }
  }

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is a bash");
    processes = new OneJvm(directory);
    var node = processes.programs(Map.of()).node();
    assertThat(node.run(null, Map.of("reeve.partition.count", 2))).isZero();
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    webhooks = "http://127.0.0.1:" + server.getAddress().getPort();
    stopWebhooks = () -> server.stop(0);
  }

  @AfterAll
  static void stop() {
    stopWebhooks.run();
    processes.close();
  }

  static Stream<Block> blocks() throws IOException {
    var blocks = new ArrayList<Block>();
    for (var page : PAGES) {
      var found = BLOCK.matcher(Files.readString(Path.of("..", page)));
      while (found.find()) {
        var shown = found.group("shown");
        blocks.add(
            new Block(
                page, found.group("script"), shown == null ? List.of() : shown.lines().toList()));
      }
    }
    return blocks.stream();
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void everyShellBlockRunsAndShowsWhatThePageShows(Block block) throws Exception {
    processes.stopWorkers();
    var place = Files.createTempDirectory(directory, "shell");
    try (var shell = new ShellBridge(place, PagesTest::reeve)) {
      var stub = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.writeString(
          Files.createFile(place.resolve("bin/createdb"), stub),
          "#!/bin/bash\n[ \"$1\" = tasks ]\n");

      var script =
          block
              .script()
              .replace("127.0.0.1:7461", processes.http())
              .replace("https://hooks.example.com", webhooks);
      var ended = shell.run("exec 2>&1\n" + script);

      assertThat(ended.exitCode()).as(ended.out()).isZero();
      if (!block.shown().isEmpty()) {
        var said = ended.out().lines().toList();
        assertThat(said).hasSameSizeAs(block.shown());
        for (var i = 0; i < said.size(); i++) {
          assertThat(said.get(i)).matches(shape(block.shown().get(i)));
        }
      }
    }
  }

  /** The blocks are found by their fences, so a fence of another kind would hide one. */
  @Test
  void noShellBlockIsOverlooked() throws IOException {
    for (var page : PAGES) {
      var text = Files.readString(Path.of("..", page));

      assertThat(blocks().filter(block -> block.page().equals(page)).count())
          .isEqualTo(text.lines().filter("```sh"::equals).count());
      assertThat(text.lines().filter(line -> line.startsWith("```")))
          .isSubsetOf("```", "```sh", "```java");
    }
    assertThat(blocks().filter(block -> !block.shown().isEmpty())).hasSizeGreaterThanOrEqualTo(2);
  }

  private static String shape(String line) {
    var shape = new StringBuilder();
    var variable = VARIABLE.matcher(line);
    var end = 0;
    while (variable.find()) {
      shape.append(Pattern.quote(line.substring(end, variable.start())));
      var text = variable.group();
      if (text.equals("\u2026")) {
        shape.append(".*");
      } else {
        shape.append(text.endsWith("s") ? "[\\d.,]+(?: ms| s| m \\d+ s)" : "[\\d.,]+");
      }
      end = variable.end();
    }
    return shape.append(Pattern.quote(line.substring(end))).toString();
  }

  private static int reeve(
      List<String> arguments, Map<String, String> environment, Terminal terminal) {
    var command = arguments.get(0);
    var programs = processes.programs(environment);
    if (PARSED.contains(command)) {
      ReeveCommand.commandLine(terminal, programs).parseArgs(arguments.toArray(String[]::new));
      return 0;
    }
    var all = new ArrayList<>(arguments);
    if (command.equals("demo")) {
      all.addAll(List.of("--files", "60"));
      programs =
          new Programs(
              programs.node(),
              programs.worker(),
              ReeveProcesses.thisProgram(FakeNodeMain.class.getName()));
    }
    if (GROUPS_OF_CLIENTS.contains(command)) {
      all.addAll(2, List.of("--endpoint", processes.endpoint()));
    }
    if (CLIENTS.contains(command)) {
      all.addAll(1, List.of("--endpoint", processes.endpoint()));
    }
    return ReeveCommand.run(terminal, programs, all.toArray(String[]::new));
  }
}
