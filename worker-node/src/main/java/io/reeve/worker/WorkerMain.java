package io.reeve.worker;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.reeve.worker.builtin.Builtin;
import io.reeve.worker.builtin.BuiltinSettings;
import io.reeve.worker.lane.Reserve;
import io.reeve.worker.settings.InvalidSetting;
import java.io.PrintStream;
import java.util.Map;

/**
 * A worker as a process: serves the built-in kinds until it is told to end, by SIGTERM, SIGINT or
 * the server.
 */
public final class WorkerMain {

  /** All that was held is settled or handed back. */
  public static final int OK = 0;

  /** A pool could not go on, or its last reports did not reach a server. */
  public static final int FAILED = 1;

  /** The settings cannot be used. */
  public static final int UNUSABLE = 2;

  private WorkerMain() {}

  public static void main(String[] arguments) {
    System.exit(run(ConfigFactory.load(), System.getenv(), System.out, System.err));
  }

  /**
   * Runs a worker and returns its exit code once it has ended. SIGINT and SIGTERM drain it; a
   * second one hands back what runs, and a third one ends the process at once.
   *
   * @param config a whole configuration, with the settings of the command line on top
   * @param environment variables that win over the configuration
   * @param out gets a line for each registration, loss and end of a pool
   * @param err gets the reason why a worker cannot start
   */
  public static int run(
      Config config, Map<String, String> environment, PrintStream out, PrintStream err) {
    Worker worker;
    try {
      worker =
          Worker.builder()
              .config(config)
              .environment(environment)
              .handlers(
                  Builtin.handlers(
                      BuiltinSettings.from(config),
                      environment::get,
                      System::nanoTime,
                      System::currentTimeMillis))
              .listener(new Announcements(out))
              .build();
    } catch (InvalidSetting unusable) {
      err.println(unusable.getMessage());
      return UNUSABLE;
    } catch (IllegalArgumentException unusable) {
      err.println(
          "reeve.worker.builtin.kinds: expected at least one kind, got none ("
              + unusable.getMessage()
              + ")");
      return UNUSABLE;
    }
    announceSlots(worker, out);
    return run(worker, out);
  }

  private static void announceSlots(Worker worker, PrintStream out) {
    worker
        .pools()
        .forEach(
            (name, pool) -> {
              var urgent = Reserve.of(pool.slots(), pool.urgentPercentage());
              out.printf(
                  "worker %s %s: %d slots, %d for any task, %d for urgent tasks only%n",
                  worker.id(), name, pool.slots(), pool.slots() - urgent, urgent);
            });
    out.flush();
  }

  /** As above, for a worker with handlers of its own. */
  public static int run(Worker worker, PrintStream out) {
    StopSignals.handle(new Stopping(worker, out, () -> Runtime.getRuntime().halt(FAILED)));
    var hook = new Thread(() -> endBySignal(worker, out), "reeve-worker-signal");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      worker.start();
      worker.awaitTermination();
    } catch (InterruptedException interrupted) {
      worker.close();
      Thread.currentThread().interrupt();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException endsAlready) {
      // The signal came first; its hook ends the process with the same exit code.
      return exitCode(worker);
    }
    return exitCode(worker);
  }

  /** The JVM would exit with 128 + the signal's number, which says that work was cut off. */
  private static void endBySignal(Worker worker, PrintStream out) {
    worker.close();
    out.flush();
    Runtime.getRuntime().halt(exitCode(worker));
  }

  private static int exitCode(Worker worker) {
    return worker.worstEnd() == PoolEnd.DRAINED ? OK : FAILED;
  }
}
