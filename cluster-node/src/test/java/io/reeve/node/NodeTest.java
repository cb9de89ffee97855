package io.reeve.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.reeve.domain.partition.PartitionCounts;
import io.reeve.node.store.StoreSenses;
import io.reeve.node.store.Stores;
import io.reeve.v1.CancelTaskRequest;
import io.reeve.v1.GetTaskRequest;
import io.reeve.v1.Hello;
import io.reeve.v1.TaskServiceGrpc;
import io.reeve.v1.WorkerMessage;
import io.reeve.v1.WorkerServiceGrpc;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeTest {

  @TempDir private Path directory = Path.of("");

  @Test
  void aNodeServesOnLoopbackOnlyAndLeavesNothingBehind() throws Exception {
    var before = listening();
    var settings = NodeSettings.from(config("").all());
    var node = Node.start(config("").all(), settings, new PlayedParts(), "1.2.3");
    var channel = NettyChannelBuilder.forAddress(node.grpc()).usePlaintext().build();
    var client = TaskServiceGrpc.newBlockingStub(channel);

    for (var partition = 0; partition < 4; partition++) {
      var request = GetTaskRequest.newBuilder().setTaskId(partition + "-1").build();
      Assertions.assertThatThrownBy(() -> client.getTask(request)).hasMessageContaining("played");
    }
    var opened = listening().stream().filter(a -> !before.contains(a)).toList();
    assertThat(opened).hasSize(3).allMatch(address -> address.startsWith("127.0.0.1:"));

    node.stop();
    node.stop();
    assertThat(node.awaitStopped()).isTrue();
    assertThat(node.stoppedAsAsked()).isTrue();
    channel.shutdownNow();
    assertThat(refusesConnections(node.grpc())).isTrue();
  }

  @Test
  void whoAsksByHttpIsToldThatTheNodeLeavesAsLongAsACallGoesOn() throws Exception {
    var config = config("reeve.grpc.drain-within = 2s").all();
    var parts = new PlayedParts();
    var node = Node.start(config, NodeSettings.from(config), parts, "1.2.3");
    var http = node.http().orElseThrow();
    assertThat(status(http, "/health/ready")).isEqualTo(200);
    var channel = NettyChannelBuilder.forAddress(node.grpc()).usePlaintext().build();
    var cancel = CancelTaskRequest.newBuilder().setTaskId("0-1").build();
    var unanswered =
        CompletableFuture.supplyAsync(
            () -> TaskServiceGrpc.newBlockingStub(channel).cancelTask(cancel),
            call -> new Thread(call).start());
    assertThat(parts.cancelling.await(10, TimeUnit.SECONDS)).isTrue();

    node.stop();

    var last = 200;
    while (last == 200) {
      last = status(http, "/health/ready");
    }
    assertThat(last).isEqualTo(503);
    assertThat(status(http, "/health/live")).isEqualTo(200);
    assertThat(unanswered).isNotDone();
    assertThat(node.awaitStopped()).isTrue();
    channel.shutdownNow();
    assertThat(refusesConnections(http)).isTrue();
  }

  @Test
  void aNodeEndsWhenAPartOfItFails() throws Exception {
    var config = config("").all();
    var parts = new PlayedParts();
    parts.sessionsFail = true;
    var node = Node.start(config, NodeSettings.from(config), parts, "1.2.3");
    var channel = NettyChannelBuilder.forAddress(node.grpc()).usePlaintext().build();
    var hello = Hello.newBuilder().setWorkerId("w").setPool("p").setIncarnation("i").addKinds("*");

    WorkerServiceGrpc.newStub(channel)
        .connect(new IgnoredAnswers<>())
        .onNext(WorkerMessage.newBuilder().setHello(hello.setCapacity(1)).build());

    assertThat(node.awaitStopped()).isTrue();
    assertThat(node.stoppedAsAsked()).isFalse();
    channel.shutdownNow();
  }

  private static final class IgnoredAnswers<T> implements StreamObserver<T> {
    @Override
    public void onNext(T answer) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }

  @Test
  void whereNoHttpIsWantedNothingListensForIt() throws Exception {
    var config = config("reeve.http.port = off").all();
    var before = listening();

    var node = Node.start(config, NodeSettings.from(config), new PlayedParts(), "1.2.3");

    assertThat(node.http()).isEmpty();
    assertThat(listening().stream().filter(address -> !before.contains(address))).hasSize(2);
    node.stop();
    assertThat(node.awaitStopped()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "reeve.grpc.host, 0.0.0.0",
    "reeve.grpc.host, 192.0.2.1",
    "reeve.grpc.host, '::'",
    "reeve.grpc.host, ''",
    "reeve.http.host, 0.0.0.0",
    "reeve.http.host, '::'",
    "reeve.cluster.host, 0.0.0.0",
    "pekko.remote.artery.canonical.hostname, 0.0.0.0",
    "pekko.remote.artery.bind.hostname, 0.0.0.0",
  })
  void anAddressBeyondThisMachineStopsTheStart(String key, String host) {
    var err = new ByteArrayOutputStream();

    var code = run(Map.of(key, host), err);

    assertThat(code).isEqualTo(NodeMain.MISCONFIGURED);
    assertThat(err.toString(java.nio.charset.StandardCharsets.UTF_8))
        .startsWith("reeve node: " + key + ": expected a loopback address")
        .hasLineCount(1);
  }

  @Test
  void anAddressBeyondThisMachineIsTakenFromWhoKnows() {
    var open =
        NodeSettings.from(
            ConfigFactory.parseMap(
                    Map.of("reeve.grpc.host", "0.0.0.0", "reeve.node.insecure-i-know", true))
                .withFallback(ConfigFactory.load("reeve-node")));

    assertThat(open.insecure()).isTrue();
    assertThat(open.edge().server().host()).isEqualTo("0.0.0.0");
  }

  @Test
  void classNamesInBytesStopTheStart() {
    var err = new ByteArrayOutputStream();

    assertThat(run(Map.of("pekko.actor.allow-java-serialization", true), err)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"reeve.grpc.port", "reeve.http.port", "reeve.cluster.port"})
  void aPortThatIsTakenFailsTheStartWithOneLineBeforeAnythingIsOpened(String key)
      throws IOException {
    try (var taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      var port = taken.getLocalPort();
      var err = new ByteArrayOutputStream();

      var code = run(Map.of(key, port), NodeTest::openNothing, err);

      assertThat(code).isEqualTo(NodeMain.FAILED);
      assertThat(err.toString(java.nio.charset.StandardCharsets.UTF_8))
          .startsWith("reeve node: " + key + ": cannot listen on 127.0.0.1:" + port)
          .hasLineCount(1);
    }
  }

  // ---- Configuration ----------------------------------------------------------------------------

  @Test
  void eachLayerWinsOverTheOneBelow() throws IOException {
    var file = directory.resolve("operator.conf");
    Files.writeString(file, "reeve { grpc { port = 1, watches-max = 2 }, partition.count = 3 }");
    var environment = Map.of("REEVE_GRPC_PORT", "5", "REEVE_GRPC_WATCHES_MAX", "6");
    var overrides = ConfigFactory.parseString("reeve.grpc.port = 7");

    var all = NodeConfig.load(file, environment, overrides).all();

    assertThat(all.getInt("reeve.grpc.port")).isEqualTo(7);
    assertThat(all.getInt("reeve.grpc.watches-max")).isEqualTo(6);
    assertThat(all.getInt("reeve.partition.count")).isEqualTo(3);
    assertThat(all.getInt("reeve.task.per-call-max")).isEqualTo(10_000);
    assertThat(all.getString("pekko.actor.provider")).isEqualTo("cluster");
  }

  @Test
  void theActorSystemGetsNoSecrets() {
    var config =
        NodeConfig.load(
            null,
            Map.of("REEVE_STORE_PASSWORD", "canary7"),
            ConfigFactory.parseString("reeve.store.url = \"postgres://reeve:canary8@host/tasks\""));

    assertThat(config.all().getString("reeve.store.password")).isEqualTo("canary7");
    assertThat(config.with(ConfigFactory.empty()).root().render()).doesNotContain("canary");
  }

  @Test
  void aStoreThatCannotBeTrustedIsAMistakeOfTheSettings() {
    var err = new ByteArrayOutputStream();

    var code = runProduction(Map.of("reeve.store.url", "postgres://reeve:canary7@host"), err);

    assertThat(code).isEqualTo(NodeMain.MISCONFIGURED);
    assertThat(err.toString(java.nio.charset.StandardCharsets.UTF_8))
        .startsWith("reeve node: reeve.store.url: expected ")
        .hasLineCount(1)
        .doesNotContain("canary7");
  }

  @Test
  void fewerPartitionsThanTheStoreHasAreAMistakeOfTheSettings() {
    try (var store =
        Stores.open(config("").all(), new StoreSenses(System::nanoTime, new SecureRandom()))) {
      store.addPartitionCount(new PartitionCounts.Line(8, 0));
    }
    var err = new ByteArrayOutputStream();

    var code = runProduction(Map.of("reeve.partition.count", 4), err);

    assertThat(code).isEqualTo(NodeMain.MISCONFIGURED);
    assertThat(err.toString(java.nio.charset.StandardCharsets.UTF_8))
        .startsWith("reeve node: reeve.partition.count: expected 8 or more, got 4; data ")
        .endsWith(
            " has 8 partitions, and their number never shrinks: set it to 8, or leave it out\n")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "tasks, 'edge and tasks, since a node with the embedded store is alone, got tasks; '",
    "edge, 'edge and tasks, since a node with the embedded store is alone, got edge; '",
    "'edge,owl', 'edge, tasks or both, each once, got owl'",
    "'', 'edge, tasks or both, got none'"
  })
  void rolesThatDoNotGoAreAMistakeOfTheSettings(String roles, String expected) {
    var err = new ByteArrayOutputStream();

    var code = runProduction(Map.of("reeve.node.roles", roles), err);

    assertThat(code).isEqualTo(NodeMain.MISCONFIGURED);
    assertThat(err.toString(java.nio.charset.StandardCharsets.UTF_8))
        .startsWith("reeve node: reeve.node.roles: expected " + expected)
        .hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "reeve.grpc.port, reeve.http.port",
    "reeve.grpc.port, reeve.cluster.port",
    "reeve.http.port, reeve.cluster.port"
  })
  void onePortForTwoServersIsAMistakeOfTheSettings(String one, String other) {
    var err = new ByteArrayOutputStream();

    var code = run(Map.of(one, 25_199, other, 25_199), NodeTest::openNothing, err);

    assertThat(code).isEqualTo(NodeMain.MISCONFIGURED);
    assertThat(err.toString(java.nio.charset.StandardCharsets.UTF_8))
        .isEqualToIgnoringNewLines(
            "reeve node: "
                + one
                + " and "
                + other
                + ": expected two ports, got 25199 for both; 0 stands for any free one");
  }

  @Test
  void settingsThatNothingReadsAreFound() {
    var overrides =
        ConfigFactory.parseString(
            "reeve { grpc.prot = 1, nod.name = x, worker.pools = 2, task.per-call-max = 5 }");

    assertThat(NodeConfig.load(null, Map.of(), overrides).unknownKeys())
        .containsExactly("reeve.grpc.prot", "reeve.nod.name");
  }

  @Test
  void noTwoKeysShareAVariable() {
    var keys =
        ConfigFactory.load().withOnlyPath("reeve").entrySet().stream().map(Map.Entry::getKey);

    assertThat(keys.map(NodeConfig::variable)).doesNotHaveDuplicates();
  }

  // ---- Setting the scene ------------------------------------------------------------------------

  private NodeConfig config(String overrides) {
    return NodeConfig.load(
        null,
        Map.of(),
        ConfigFactory.parseString(overrides)
            .withFallback(ConfigFactory.parseMap(Map.of("reeve.store.directory", "" + directory)))
            .withFallback(
                ConfigFactory.parseString(
                    "reeve.grpc.port = 0, reeve.grpc.drain-within = 200ms,"
                        + " pekko.coordinated-shutdown.exit-jvm = off")));
  }

  private int run(Map<String, Object> overrides, ByteArrayOutputStream err) {
    return run(overrides, config -> new PlayedParts(), err);
  }

  private static Parts openNothing(Config config) {
    throw new AssertionError("nothing is to be opened");
  }

  private int runProduction(Map<String, Object> overrides, ByteArrayOutputStream err) {
    var senses =
        new ProductionParts.Senses(Clock.systemUTC(), System::nanoTime, new SecureRandom());
    return run(overrides, config -> ProductionParts.open(config, senses), err);
  }

  private int run(Map<String, Object> overrides, Parts.Opener opener, ByteArrayOutputStream err) {
    var nowhere =
        new PrintStream(new ByteArrayOutputStream(), true, java.nio.charset.StandardCharsets.UTF_8);
    return NodeMain.run(
        null,
        ConfigFactory.parseMap(overrides)
            .withFallback(ConfigFactory.parseMap(Map.of("reeve.store.directory", "" + directory)))
            .withFallback(ConfigFactory.parseString("reeve.grpc.port = 0")),
        opener,
        nowhere,
        new PrintStream(err, true, java.nio.charset.StandardCharsets.UTF_8));
  }

  private static int status(InetSocketAddress http, String path)
      throws IOException, InterruptedException {
    var uri = URI.create("http://127.0.0.1:" + http.getPort() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
        .statusCode();
  }

  private static boolean refusesConnections(InetSocketAddress address) throws IOException {
    try (var socket = new Socket()) {
      socket.connect(address, 1000);
      return false;
    } catch (ConnectException e) {
      return true;
    }
  }

  /** Addresses on which this process listens by TCP, from the kernel's tables. */
  private static List<String> listening() throws IOException {
    var inodes = new java.util.HashSet<String>();
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      for (var file : files.toList()) {
        if (Files.isSymbolicLink(file)) {
          inodes.add(Files.readSymbolicLink(file).toString());
        }
      }
    } catch (java.nio.file.NoSuchFileException e) {
      // A descriptor that was closed meanwhile.
      return listening();
    }
    return Stream.of("/proc/self/net/tcp", "/proc/self/net/tcp6")
        .flatMap(NodeTest::lines)
        .map(line -> line.trim().split("\\s+"))
        .filter(columns -> columns.length > 9 && columns[3].equals("0A"))
        .filter(columns -> inodes.contains("socket:[" + columns[9] + "]"))
        .map(columns -> address(columns[1]))
        .sorted()
        .toList();
  }

  private static Stream<String> lines(String file) {
    try {
      return Files.readAllLines(Path.of(file)).stream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** The last four bytes of the address, which is little-endian in the table, and the port. */
  private static String address(String entry) {
    var parts = entry.split(":", -1);
    var ip = parts[0].substring(parts[0].length() - 8);
    var text = new StringBuilder();
    for (var i = 6; i >= 0; i -= 2) {
      text.append(Integer.parseInt(ip.substring(i, i + 2), 16)).append(i == 0 ? ":" : ".");
    }
    return text.append(Integer.parseInt(parts[1], 16)).toString();
  }
}
