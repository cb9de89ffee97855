package io.reeve.node;

/** The JVM's pool of threads for stages of futures that name none. */
public final class FutureThreads {

  private static final String PARALLELISM = "java.util.concurrent.ForkJoinPool.common.parallelism";

  private FutureThreads() {}

  /**
   * Has the pool keep two threads on a machine of fewer than three cores, unless an option of the
   * JVM says otherwise. A JVM older than 25 turns the pool off there and starts a thread for each
   * stage that hops to it; each call that the gRPC library serves has one.
   *
   * <p>Call it first thing in a process: it changes nothing once a future was made.
   */
  public static void keep() {
    if (System.getProperty(PARALLELISM) == null && Runtime.getRuntime().availableProcessors() < 3) {
      System.setProperty(PARALLELISM, "2");
    }
  }
}
