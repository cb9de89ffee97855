package io.reeve.scenario;

import com.typesafe.config.ConfigFactory;
import io.reeve.node.store.JournalReader;
import io.reeve.node.store.PostgresSettings;
import io.reeve.postgres.LocalPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The processes of one test: nodes and workers, each a JVM of its own with a log file. All of them
 * are killed when the test ends, and the directory with logs and data goes with them unless the
 * test failed.
 */
public final class Fleet implements BeforeEachCallback, AfterEachCallback {

  private static final int WORD_LENGTH_MAX = 80;
  private static final String PROGRAM = "io.reeve.cli.ReeveMain";
  private static final String NODE_HEAP = "512m";
  private static final String WORKER_HEAP = "256m";

  private final List<Member> members = new ArrayList<>();
  private Map<String, String> nodeEnvironment = Map.of();
  private List<Path> nodeClasses = List.of();
  private Supplier<JournalReader> reader = () -> JournalReader.open(journal());
  private Path directory = Path.of("target", "scenarios");

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    var word = context.getRequiredTestClass().getSimpleName() + "-" + context.getDisplayName();
    var name = word.replaceAll("[^A-Za-z0-9-]", "");
    directory =
        Files.createTempDirectory(
                Files.createDirectories(Path.of("target", "scenarios")),
                name.substring(0, Math.min(name.length(), WORD_LENGTH_MAX)) + "-")
            .toAbsolutePath();
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    members.forEach(Member::kill);
    if (context.getExecutionException().isPresent()) {
      System.out.println("logs and data of the failed test are kept in " + directory);
    } else {
      try (var files = Files.walk(directory)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** Where the processes of this test run, and leave their logs. */
  public Path directory() {
    return directory;
  }

  /** A data directory of this test. */
  Path data() {
    return directory.resolve("data");
  }

  /** Where the journal of this test's node is, unless it is in a server. */
  public Path journal() {
    return data().resolve("journal.db");
  }

  /** From now on nodes keep their tasks in this server. */
  void keepTasksIn(LocalPostgres server) {
    nodeEnvironment = Map.of("REEVE_STORE_URL", server.url());
    reader =
        () ->
            JournalReader.open(
                PostgresSettings.of(
                    ConfigFactory.parseMap(
                            Map.of(
                                "reeve.store.url",
                                server.url(),
                                // Beside a fleet of busy processes.
                                "reeve.store.postgres.connect-timeout",
                                "20s"))
                        .withFallback(ConfigFactory.load())));
  }

  /** From now on nodes take classes that are here from here: those of another build of them. */
  public void nodesTakeClassesFrom(Path directory) {
    nodeClasses = List.of(directory);
  }

  /** What the nodes have written, to be closed by the caller. */
  JournalReader reader() {
    return reader.get();
  }

  /** A node on any free port that serves, with these settings, each {@code key=value}. */
  public NodeProcess node(String... settings) {
    return node(0, () -> {}, settings);
  }

  /**
   * A node on this port that serves.
   *
   * @param meanwhile done again and again until it does
   */
  public NodeProcess node(int port, Runnable meanwhile, String... settings) {
    return node(port, NODE_HEAP, Map.of(), meanwhile, settings);
  }

  /**
   * A node on this port that serves.
   *
   * @param heap as {@code -Xmx} takes it
   * @param environment of its process, besides its store
   * @param meanwhile done again and again until it does
   */
  public NodeProcess node(
      int port,
      String heap,
      Map<String, String> environment,
      Runnable meanwhile,
      String... settings) {
    var command = command(port, data());
    set(command, settings);
    var all = new HashMap<>(nodeEnvironment);
    all.putAll(environment);
    var node = start("node", nodeClasses, heap, PROGRAM, command, all);
    return NodeProcess.awaitReady(node, meanwhile);
  }

  /**
   * One node of several, with a data directory of its own; not awaited.
   *
   * @param port 0: any free one
   */
  Member startNode(String name, int port, String... settings) {
    var command = command(port, directory.resolve(name));
    set(command, "reeve.node.name=" + name);
    set(command, settings);
    return start(name, nodeClasses, NODE_HEAP, PROGRAM, command, nodeEnvironment);
  }

  /** A node that is started again has its port for clients; the one for HTTP is any free one. */
  private static List<String> command(int port, Path data) {
    return new ArrayList<>(
        List.of(
            "node", "--port", "" + port, "--data-dir", "" + data, "--set", "reeve.http.port=0"));
  }

  /** A node of a cluster that serves, on any free port and with a data directory of its own. */
  NodeProcess namedNode(String name) {
    return NodeProcess.awaitReady(startNode(name, 0), () -> {});
  }

  /** A worker process of the built-in kinds; not awaited. */
  public Member worker(String id, NodeProcess node, int slots, String... settings) {
    return worker(id, node.endpoint(), slots, settings);
  }

  /**
   * A worker process of the built-in kinds; not awaited.
   *
   * @param endpoints with commas between
   */
  Member worker(String id, String endpoints, int slots, String... settings) {
    var command =
        new ArrayList<>(
            List.of("worker", "--endpoint", endpoints, "--id", id, "--slots", "" + slots));
    set(command, settings);
    return start(id, List.of(), WORKER_HEAP, PROGRAM, command, Map.of());
  }

  /** A worker process of the built-in kinds that serves these queues; not awaited. */
  Member workerOf(List<String> queues, String id, NodeProcess node, int slots) {
    var command =
        new ArrayList<>(
            List.of("worker", "--endpoint", node.endpoint(), "--id", id, "--slots", "" + slots));
    queues.forEach(queue -> command.addAll(List.of("--queue", queue)));
    return start(id, List.of(), WORKER_HEAP, PROGRAM, command, Map.of());
  }

  /** Any other process of this class path; not awaited. */
  public Member process(String name, Class<?> main, String... arguments) {
    return start(name, List.of(), WORKER_HEAP, main.getName(), List.of(arguments), Map.of());
  }

  private static void set(List<String> command, String... settings) {
    for (var setting : settings) {
      command.add("--set");
      command.add(setting);
    }
  }

  private Member start(
      String name,
      List<Path> before,
      String heap,
      String main,
      List<String> arguments,
      Map<String, String> environment) {
    var command = new ArrayList<>(List.of(main));
    command.addAll(arguments);
    var log = name + "-" + members.size() + ".log";
    var member = Member.start(name, List.of(), before, heap, command, environment, directory, log);
    members.add(member);
    return member;
  }
}
