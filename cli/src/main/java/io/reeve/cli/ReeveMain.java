package io.reeve.cli;

import io.reeve.node.FutureThreads;
import java.util.Arrays;
import java.util.Set;

/** The process behind the {@code reeve} launcher. */
public final class ReeveMain {

  /** Commands that run until they are told to stop and keep a log; the others stay quiet. */
  private static final Set<String> LOGGING = Set.of("node", "worker");

  private static final String LOG_CONFIGURATION = "logback.configurationFile";

  private ReeveMain() {}

  public static void main(String[] args) {
    FutureThreads.keep();
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
