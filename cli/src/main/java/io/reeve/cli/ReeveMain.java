package io.reeve.cli;

import io.reeve.node.FutureThreads;
import java.util.Arrays;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The process behind the {@code reeve} launcher. */
public final class ReeveMain {

  /** Commands that run until they are stopped and keep a log. The others do not log. */
  private static final Set<String> LOGGING = Set.of("node", "worker");

  private static final String LOG_CONFIGURATION = "logback.configurationFile";
  private static final String SLF4J_VERBOSITY = "slf4j.internal.verbosity";

  /** Held here, since the JDK forgets the level of a logger that nobody holds. */
  private static final Logger GRPC_LOG = Logger.getLogger("io.grpc");

  private ReeveMain() {}

  public static void main(String[] args) {
    FutureThreads.keep();
    keepLibrariesQuiet();
    // Before the first logger is made.
    if (System.getProperty(LOG_CONFIGURATION) == null
        && Arrays.stream(args)
            .filter(argument -> !argument.startsWith("-"))
            .findFirst()
            .filter(LOGGING::contains)
            .isEmpty()) {
      System.setProperty(LOG_CONFIGURATION, "reeve-quiet-logback.xml");
    }
    var terminal = Terminal.ofProcess(System.getenv(), System.getProperties());
    var exitCode = ReeveCommand.run(terminal, Programs.ofThisInstallation(), args);
    terminal.flush();
    System.exit(exitCode);
  }

  /**
   * Two libraries write to the terminal past the log: the gRPC client a stack trace for each name
   * that it cannot resolve, which the command tells in one sentence, and SLF4J some lines about
   * itself.
   */
  private static void keepLibrariesQuiet() {
    if (System.getProperty(SLF4J_VERBOSITY) == null) {
      System.setProperty(SLF4J_VERBOSITY, "ERROR");
    }
    if (System.getProperty("java.util.logging.config.file") == null) {
      GRPC_LOG.setLevel(Level.OFF);
    }
  }
}
