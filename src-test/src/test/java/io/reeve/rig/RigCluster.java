package io.reeve.rig;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reeve.check.Fact;
import io.reeve.postgres.LocalPostgres;
import io.reeve.scenario.Await;
import io.reeve.scenario.FakeClock;
import io.reeve.scenario.Member;
import io.reeve.scenario.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Nodes, workers and PostgreSQL as processes of a {@link NetworkLab}, and the supervisor that
 * starts again whatever ends while it is wanted. Closing it ends and removes all of it but the
 * directory. Not for two threads at once.
 */
final class RigCluster implements AutoCloseable {

  /** The nodes that are always wanted. */
  static final List<String> NODES = List.of("n1", "n2", "n3");

  /** One that only some scenarios add. */
  static final String SPARE = "n4";

  static final List<String> WORKERS = List.of("w1", "w2");

  /** Enough that each node has several. */
  static final int PARTITIONS = 16;

  private static final String POSTGRES = "pg";
  private static final int POSTGRES_PORT = 5432;
  private static final int PORT = 7460;
  private static final int SLOTS = 40;
  private static final String NODE_READY = "reeve node ready";
  private static final Duration READY_WITHIN = RigFixture.patient(90);

  /** A node that does not come up by itself ends again and again. */
  private static final int STARTS_MAX = 40;

  /** One process that is wanted, over all its starts. */
  private static final class Role {
    final String name;
    int starts;
    Member member;

    Role(String name, Member member) {
      this.name = name;
      this.member = member;
      this.starts = 1;
    }
  }

  private final NetworkLab lab;
  private final LocalPostgres postgres;
  private final Path directory;
  private final String profile;
  private final Map<String, Role> roles = new LinkedHashMap<>();
  private final Map<Path, StreamHistory> streams = new LinkedHashMap<>();
  private final Set<String> held = new HashSet<>();

  /** Of those nodes whose clocks can be set; the others have the machine's. */
  private final Map<String, FakeClock> clocks;

  private RigCluster(
      NetworkLab lab,
      LocalPostgres postgres,
      Path directory,
      String profile,
      Map<String, FakeClock> clocks) {
    this.clocks = clocks;
    this.lab = lab;
    this.postgres = postgres;
    this.directory = directory;
    this.profile = profile;
  }

  /**
   * Starts everything; returns once all nodes serve and all workers are known.
   *
   * @param directory for logs, histories and the nodes' files; stays
   * @param profile the nodes' {@code failure-profile}
   * @param fakeClocks whether the nodes' clocks can be set
   */
  static RigCluster start(Path directory, String profile, boolean fakeClocks) {
    var clocks = new HashMap<String, FakeClock>();
    if (fakeClocks) {
      NODES.forEach(name -> clocks.put(name, new FakeClock()));
    }
    var names =
        Stream.of(NODES.stream(), Stream.of(SPARE, POSTGRES), WORKERS.stream())
            .flatMap(all -> all)
            .toList();
    var lab = NetworkLab.open(names);
    try {
      var place =
          new LocalPostgres.Place(
              lab.address(POSTGRES), POSTGRES_PORT, lab.network(), lab.enter(POSTGRES));
      var postgres = LocalPostgres.startAt(place, System.getenv(), new SecureRandom());
      var cluster = new RigCluster(lab, postgres, directory, profile, clocks);
      cluster.startAll();
      return cluster;
    } catch (RuntimeException | AssertionError e) {
      lab.close();
      clocks.values().forEach(FakeClock::close);
      throw e;
    }
  }

  private void startAll() {
    try {
      NODES.forEach(this::start);
      Await.until("all nodes serve", READY_WITHIN, this::isReady);
      WORKERS.forEach(this::start);
      Await.until("all workers are known", READY_WITHIN, this::isReady);
    } catch (RuntimeException | AssertionError e) {
      close();
      throw e;
    }
  }

  // ---- Processes --------------------------------------------------------------------------------

  private void start(String name) {
    var before = roles.get(name);
    var number = before == null ? 1 : before.starts + 1;
    var member = WORKERS.contains(name) ? worker(name, number) : node(name, number);
    if (before == null) {
      roles.put(name, new Role(name, member));
    } else {
      before.starts = number;
      before.member = member;
    }
  }

  private Member node(String name, int number) {
    var clock = Optional.ofNullable(clocks.get(name));
    var settings =
        List.of(
            "reeve.node.name=" + name,
            "reeve.node.insecure-i-know=on",
            "reeve.partition.count=" + PARTITIONS,
            "reeve.grpc.host=" + lab.address(name),
            "reeve.http.port=off",
            "reeve.cluster.host=" + lab.address(name),
            "reeve.cluster.failure-profile=" + profile,
            // All JVMs start at once, so their first connection takes its time.
            "reeve.store.postgres.connect-timeout=10s",
            "reeve.clock.look-interval=" + (clocks.isEmpty() ? "30s" : "500ms"));
    var arguments = new ArrayList<>(List.of("io.reeve.cli.ReeveMain", "node"));
    arguments.addAll(List.of("--port", "" + PORT, "--data-dir", "" + directory.resolve(name)));
    settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
    var environment = new HashMap<>(Map.of("REEVE_STORE_URL", postgres.url()));
    clock.ifPresent(fake -> environment.putAll(fake.environment()));
    return java(name, number, "384m", arguments, environment);
  }

  private Member worker(String name, int number) {
    var history = history(name, number);
    streams.put(history, new StreamHistory(RigWorker.streams(history)));
    var arguments =
        List.of(
            RigWorker.class.getName(),
            String.join(",", endpoints()),
            name,
            "" + SLOTS,
            history.toString());
    return java(name, number, "128m", arguments, Map.of());
  }

  private Path history(String worker, int number) {
    return directory.resolve("%s-%d.history".formatted(worker, number));
  }

  private Member java(
      String name,
      int number,
      String heap,
      List<String> arguments,
      Map<String, String> environment) {
    var log = "%s-%d.log".formatted(name, number);
    return Member.start(
        name, lab.enter(name), List.of(), heap, arguments, environment, directory, log);
  }

  /** Starts again what has ended and is wanted; to be called several times a second. */
  void tend() {
    for (var role : roles.values()) {
      if (!held.contains(role.name) && !role.member.isAlive()) {
        if (role.starts >= STARTS_MAX) {
          throw new AssertionError(
              "%s ended after each of %d starts: %s"
                  .formatted(role.name, role.starts, role.member.said()));
        }
        start(role.name);
      }
    }
  }

  /** From now on the process may end and stay so. */
  void hold(String name) {
    held.add(name);
  }

  /** From now on the process is wanted; started with the next look. */
  void release(String name) {
    held.remove(name);
    if (!roles.containsKey(name)) {
      start(name);
    }
  }

  /** Everything is wanted again but the spare node. */
  void releaseAll() {
    held.clear();
    if (roles.containsKey(SPARE)) {
      held.add(SPARE);
    }
  }

  Member member(String name) {
    return role(name).member;
  }

  /** How often it was started so far. */
  int starts(String name) {
    return role(name).starts;
  }

  private Role role(String name) {
    var role = roles.get(name);
    if (role == null) {
      throw new IllegalStateException("expected a process that was started once, got " + name);
    }
    return role;
  }

  /** Whether every wanted node serves and every wanted worker is known. */
  boolean isReady() {
    return roles.values().stream()
        .filter(role -> !held.contains(role.name))
        .allMatch(role -> isReady(role.name));
  }

  /** Whether this one is there and said so. */
  boolean isReady(String name) {
    var member = role(name).member;
    var word = WORKERS.contains(name) ? RigWorker.READY : NODE_READY;
    return member.isAlive() && member.said().contains(word);
  }

  /** Makes every JVM write down into its log what each of its threads does. */
  void dumpThreads() {
    var alive =
        roles.values().stream()
            .map(role -> role.member)
            .filter(Member::isAlive)
            .map(Member::pid)
            .toList();
    if (!alive.isEmpty()) {
      Signals.send("-QUIT", alive);
    }
  }

  // ---- What is where ----------------------------------------------------------------------------

  NetworkLab lab() {
    return lab;
  }

  LocalPostgres postgres() {
    return postgres;
  }

  /** The clock of a node whose clock can be set. */
  FakeClock clock(String name) {
    var clock = clocks.get(name);
    if (clock == null) {
      throw new IllegalStateException("expected a node with a fake clock, got " + name);
    }
    return clock;
  }

  /** The name of PostgreSQL's place in the lab. */
  String postgresName() {
    return POSTGRES;
  }

  Path directory() {
    return directory;
  }

  String profile() {
    return profile;
  }

  /** Of the nodes that are always wanted. */
  List<String> endpoints() {
    return NODES.stream().map(name -> lab.address(name) + ":" + PORT).toList();
  }

  /** A whole configuration with the nodes' store. */
  Config store() {
    return ConfigFactory.parseMap(Map.of("reeve.store.url", postgres.url()))
        .withFallback(ConfigFactory.load());
  }

  /** What all starts of all workers have written down so far. */
  List<RigWorker.Attempt> attempts() {
    var all = new ArrayList<RigWorker.Attempt>();
    for (var name : WORKERS) {
      for (var number = 1; number <= starts(name); number++) {
        all.addAll(attempts(history(name, number)));
      }
    }
    return all;
  }

  /** What workers said and heard on their streams in the run that began then; told once. */
  List<Fact> told(long beganNanos) {
    return streams.values().stream().flatMap(stream -> stream.of(beganNanos).stream()).toList();
  }

  /** What one start of a worker has written down. */
  static List<RigWorker.Attempt> attempts(Path file) {
    try {
      if (!Files.exists(file)) {
        return List.of();
      }
      var text = Files.readString(file);
      // A worker that was killed may have left half a line.
      return text.substring(0, text.lastIndexOf('\n') + 1)
          .lines()
          .map(RigWorker.Attempt::parse)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    roles.values().forEach(role -> role.member.kill());
    postgres.close();
    lab.close();
    clocks.values().forEach(FakeClock::close);
  }
}
