package io.reeve.worker.slot;

import io.reeve.worker.settings.SlotSettings;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that handlers run on: as many as attempts run, virtual ones where the JVM has them.
 * They are daemons: the worker keeps the process alive, not a handler.
 */
public final class SlotThreads {

  private static final long IDLE_SECONDS = 30;

  private SlotThreads() {}

  /** Threads of one pool. */
  public static Executor of(SlotSettings.Threads kind, String name) {
    return switch (kind) {
      case PLATFORM -> platform(name);
      case VIRTUAL -> virtual(name);
      case AUTO -> Runtime.version().feature() >= 21 ? virtual(name) : platform(name);
    };
  }

  /**
   * No queue and no bound of its own: a thread is asked for only by a slot that has none, so there
   * are never more than slots, plus those that were left to a handler that does not stop.
   */
  private static Executor platform(String name) {
    var count = new AtomicInteger();
    ThreadFactory factory =
        task -> {
          var thread = new Thread(task, name + "-" + count.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        };
    return new ThreadPoolExecutor(
        0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
  }

  /** {@code Thread.ofVirtual().name(name, 0).factory()}, which JVM 17 does not know. */
  private static Executor virtual(String name) {
    try {
      var builder = Thread.class.getMethod("ofVirtual").invoke(null);
      var type = Class.forName("java.lang.Thread$Builder");
      var named = type.getMethod("name", String.class, long.class).invoke(builder, name + "-", 1L);
      var factory = (ThreadFactory) type.getMethod("factory").invoke(named);
      return task -> factory.newThread(task).start();
    } catch (ReflectiveOperationException absent) {
      throw new IllegalStateException(
          "reeve.worker.slot.threads: virtual threads need JVM 21 or later, this is "
              + Runtime.version(),
          absent);
    }
  }
}
