package io.reeve.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.reeve.node.store.StoreException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a node until it is told to stop.
 *
 * <p>On standard output it prints one line once it serves, which other programs read:
 *
 * <pre>
 *   reeve node ready in 1.9 s: grpc 127.0.0.1:7460, http 127.0.0.1:7461, data ./data, 4 partitions, pid 123
 * </pre>
 *
 * <p>Without an HTTP server the line does not speak of one.
 *
 * <p>Exit codes: 0 stopped as asked, by SIGTERM or SIGINT; 1 could not start, or was put down; 2
 * the configuration is wrong; 7 the store lacks what it acknowledged, and was refused; 8 the store
 * was removed while the node ran.
 */
public final class NodeMain {

  /** Stopped as asked. */
  public static final int STOPPED = 0;

  /** Could not start, did not stop in time, or was put down by the cluster. */
  public static final int FAILED = 1;

  /**
   * Wrong configuration; an address that may not be listened on, a database that cannot keep what
   * it acknowledges, and another number of partitions than there are included.
   */
  public static final int MISCONFIGURED = 2;

  /**
   * The store is damaged, incomplete, mixed with another, or lacks acknowledged rows. Starting
   * again is vain until a person has restored it or accepted the loss.
   */
  public static final int STORE_REFUSED = 7;

  /** Files of the store were removed or replaced while the node ran. */
  public static final int STORE_REMOVED = 8;

  private static final Logger LOG = LoggerFactory.getLogger(NodeMain.class);

  private NodeMain() {}

  /** {@code --config FILE} names the operator's file. */
  public static void main(String[] args) {
    FutureThreads.keep();
    Path file = null;
    if (args.length == 2 && args[0].equals("--config")) {
      file = Path.of(args[1]);
    } else if (args.length != 0) {
      System.err.println("expected nothing or --config FILE, got " + String.join(" ", args));
      System.exit(MISCONFIGURED);
    }
    System.exit(run(file, ConfigFactory.empty()));
  }

  /**
   * Runs a node and returns its exit code.
   *
   * @param file the operator's file, which must exist; null: REEVE_CONFIG, else application.conf of
   *     the working directory if there is one
   * @param overrides keys that win over everything else
   */
  public static int run(@Nullable Path file, Config overrides) {
    var senses =
        new ProductionParts.Senses(Clock.systemUTC(), System::nanoTime, new SecureRandom());
    return run(
        file, overrides, config -> ProductionParts.open(config, senses), System.out, System.err);
  }

  /**
   * The whole configuration that a node would run with.
   *
   * @param file as for {@link #run(Path, Config)}
   * @throws ConfigException when a file is not readable as configuration
   */
  public static Config configuration(
      @Nullable Path file, Map<String, String> environment, Config overrides) {
    return NodeConfig.load(file, environment, overrides).all();
  }

  static int run(
      @Nullable Path file, Config overrides, Parts.Opener parts, PrintStream out, PrintStream err) {
    var clock = Clock.systemUTC();
    var startedAt = ProcessHandle.current().info().startInstant().orElseGet(clock::instant);
    NodeConfig config;
    NodeSettings settings;
    try {
      config = NodeConfig.load(file, System.getenv(), overrides);
      settings = NodeSettings.from(config.all());
    } catch (ConfigException | IllegalArgumentException e) {
      err.println("reeve node: " + e.getMessage());
      return MISCONFIGURED;
    }
    config
        .unknownKeys()
        .forEach(key -> LOG.warn("unknown setting {}: nothing reads it, is it misspelt?", key));
    try {
      var grpc = settings.edge().server();
      FreePort.demand("reeve.grpc.port", grpc.host(), grpc.port());
      if (settings.http().port().isPresent()) {
        var http = settings.http();
        FreePort.demand("reeve.http.port", http.host(), http.port().getAsInt());
      }
      FreePort.demand("reeve.cluster.port", settings.cluster().host(), settings.cluster().port());
      return serve(config, settings, parts, clock, startedAt, out);
    } catch (FreePort.Taken e) {
      err.println("reeve node: " + e.getMessage());
      return FAILED;
    } catch (Node.StartFailed e) {
      LOG.error("the start failed", e);
      err.println("reeve node: " + e.getMessage());
      return e.misconfigured() ? MISCONFIGURED : FAILED;
    } catch (IOException e) {
      LOG.error("the start failed", e);
      err.println("reeve node: " + e.getMessage());
      return FAILED;
    } catch (StoreException e) {
      // The message says all that an operator needs; the causes are for developers.
      LOG.debug("the store did not open", e);
      err.println("reeve node: " + e.getMessage());
      return exitCode(e.reason());
    } catch (ConfigException | IllegalArgumentException e) {
      err.println("reeve node: " + e.getMessage());
      return MISCONFIGURED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FAILED;
    }
  }

  private static int serve(
      NodeConfig config,
      NodeSettings settings,
      Parts.Opener opener,
      Clock clock,
      Instant startedAt,
      PrintStream out)
      throws Node.StartFailed, IOException, InterruptedException {
    var version = version();
    var stopper = new Stopper(settings.stopWithin());
    try (var parts = opener.open(config.all())) {
      var node = Node.start(config.with(parts.pekkoConfig()), settings, parts, version);
      stopper.arm(node);
      try {
        var pid = ProcessHandle.current().pid();
        new NodeFile(pid, node.grpc(), node.http(), version).writeTo(settings.directory());
        out.println(startLine(Duration.between(startedAt, clock.instant()), node, parts, pid));
        out.flush();
        node.awaitEnd();
      } finally {
        // Whatever happened above, the store must not close below a node that runs.
        node.stop();
        node.awaitEnd();
        NodeFile.removeFrom(settings.directory());
      }
      var broken = parts.storeBroken().toCompletableFuture().getNow(null);
      if (broken != null) {
        throw broken;
      }
      return node.stoppedAsAsked() ? STOPPED : FAILED;
    } finally {
      stopper.disarm();
    }
  }

  private static int exitCode(StoreException.Reason reason) {
    if (reason == StoreException.Reason.STORE_REMOVED) {
      return STORE_REMOVED;
    }
    if (reason.untrusted()) {
      return STORE_REFUSED;
    }
    return reason.misconfigured() ? MISCONFIGURED : FAILED;
  }

  private static String startLine(Duration taken, Node node, Parts parts, long pid) {
    return String.format(
        Locale.ROOT,
        "reeve node ready in %.1f s: grpc %s%s, %s, %d partitions, pid %d",
        taken.toMillis() / 1000.0,
        text(node.grpc()),
        node.http().map(http -> ", http " + text(http)).orElse(""),
        parts.where(),
        parts.partitionCount(),
        pid);
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  /** The version of this build. */
  static String version() {
    var properties = new Properties();
    try (var in = NodeMain.class.getResourceAsStream("version.properties")) {
      if (in != null) {
        properties.load(new java.io.InputStreamReader(in, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new IllegalStateException("version.properties is not readable", e);
    }
    return properties.getProperty("version", "unknown");
  }

  /**
   * Answers a signal: stops the node in order, waits until everything is put away, and ends the
   * process with code 0, where the JVM by itself would report the signal. Does nothing once the
   * node has stopped by another way.
   */
  private static final class Stopper {

    private final Duration within;
    private final CountDownLatch putAway = new CountDownLatch(1);

    Stopper(Duration within) {
      this.within = within;
    }

    void arm(Node node) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node), "reeve-stop"));
    }

    /** Nothing is left to stop. */
    void disarm() {
      putAway.countDown();
    }

    private void stop(Node node) {
      if (putAway.getCount() == 0) {
        return;
      }
      node.stop();
      var code = FAILED;
      try {
        code = putAway.await(within.toMillis(), TimeUnit.MILLISECONDS) ? STOPPED : FAILED;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      Runtime.getRuntime().halt(code);
    }
  }
}
