package io.reeve.cli;

import java.util.Arrays;
import java.util.Set;

/** The process behind the {@code reeve} launcher. */
public final class ReeveMain {

  /** Commands that run until they are told to stop and keep a log; the others stay quiet. */
  private static final Set<String> LOGGING = Set.of("node", "worker");

  private static final String LOG_CONFIGURATION = "logback.configurationFile";

  private static final String COMMON_POOL = "java.util.concurrent.ForkJoinPool.common.parallelism";

  private ReeveMain() {}

  public static void main(String[] args) {
    // Before the first future is made. Below three cores a JVM older than 25 turns its common pool
    // off and starts a thread for each stage that hops there; each call that the gRPC library
    // serves has one.
    if (System.getProperty(COMMON_POOL) == null && Runtime.getRuntime().availableProcessors() < 3) {
      System.setProperty(COMMON_POOL, "2");
    }
    // Before the first logger is made.
    if (System.getProperty(LOG_CONFIGURATION) == null
        && Arrays.stream(args).noneMatch(LOGGING::contains)) {
      System.setProperty(LOG_CONFIGURATION, "reeve-quiet-logback.xml");
    }
    var terminal = Terminal.ofProcess(System.getenv(), System.getProperties());
    var exitCode = ReeveCommand.run(terminal, Programs.ofThisInstallation(), args);
    terminal.flush();
    System.exit(exitCode);
  }
}
