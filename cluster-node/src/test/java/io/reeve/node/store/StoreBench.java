package io.reeve.node.store;

import com.sun.management.OperatingSystemMXBean;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SpawnProtocol;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Measures acknowledged rows per second of this store through Pekko's journal, for one and four
 * entities with one write in flight each. Arguments: directory, seconds per run, and optionally
 * settings as {@code key=value}.
 */
public final class StoreBench {

  private StoreBench() {}

  /** Writes rows one after the other until the deadline, then completes with their times. */
  private static Behavior<Long> writer(
      ActorRef<Ledger.Command> ledger, byte[] entry, long until, CompletableFuture<long[]> times) {
    return Behaviors.setup(
        context -> {
          var taken = new long[4_000_000];
          var sent = new long[] {System.nanoTime()};
          var count = new int[1];
          ledger.tell(new Ledger.Enter(entry, context.getSelf()));
          return Behaviors.receive(Long.class)
              .onMessage(
                  Long.class,
                  rows -> {
                    var now = System.nanoTime();
                    taken[count[0]++] = now - sent[0];
                    if (now > until) {
                      times.complete(Arrays.copyOf(taken, count[0]));
                      return Behaviors.stopped();
                    }
                    sent[0] = now;
                    ledger.tell(new Ledger.Enter(entry, context.getSelf()));
                    return Behaviors.same();
                  })
              .build();
        });
  }

  public static void main(String[] arguments) throws Exception {
    var directory = Path.of(arguments[0]);
    var seconds = Integer.parseInt(arguments[1]);
    var overrides =
        ConfigFactory.parseString(
            String.join("\n", Arrays.copyOfRange(arguments, 2, arguments.length)));
    var settings = StoreSettings.of(overrides.withFallback(ConfigFactory.load())).in(directory);
    try (var store = EmbeddedStore.open(settings, TestStores.SENSES)) {
      ActorSystem<SpawnProtocol.Command> system =
          ActorSystem.create(
              SpawnProtocol.create(), "bench", overrides.withFallback(TestStores.system(store)));
      run(system, store, "warm-up", 4, 200, seconds);
      run(system, store, "warm-up", 4, 20_000, seconds);
      for (var size : new int[] {200, 20_000}) {
        for (var ledgers : new int[] {1, 4}) {
          run(system, store, "run", ledgers, size, seconds);
        }
      }
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().join();
    }
  }

  private static void run(
      ActorSystem<SpawnProtocol.Command> system,
      EmbeddedStore store,
      String label,
      int ledgers,
      int size,
      int seconds)
      throws IOException {
    var cpuBefore = cpuNanos();
    var writtenBefore = bytesWritten();
    var began = System.nanoTime();
    var until = began + Duration.ofSeconds(seconds).toNanos();
    var all = new CompletableFuture<?>[ledgers];
    for (var i = 0; i < ledgers; i++) {
      var times = new CompletableFuture<long[]>();
      all[i] = times;
      var ledger =
          spawn(system, Ledger.create(label + "-" + size + "-" + ledgers + "-" + i), "ledger");
      var unused = spawn(system, writer(ledger, new byte[size], until, times), "writer");
    }
    CompletableFuture.allOf(all).join();
    var elapsed = (System.nanoTime() - began) / 1e9;
    var times =
        Arrays.stream(all).flatMapToLong(f -> Arrays.stream((long[]) f.join())).sorted().toArray();
    System.out.printf(
        "%-8s %d ledgers %6d B: %6.0f rows/s  p50 %.3f p99 %.3f p99.9 %.3f max %.1f ms"
            + "  CPU %.0f us/row, written %.1f KiB/row, file %d MiB%n",
        label,
        ledgers,
        size,
        times.length / elapsed,
        at(times, 0.5),
        at(times, 0.99),
        at(times, 0.999),
        at(times, 1),
        (cpuNanos() - cpuBefore) / 1e3 / times.length,
        (bytesWritten() - writtenBefore) / 1024.0 / times.length,
        Files.size(store.journalPath()) >> 20);
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  /** What this process has sent towards the disk, by the kernel's count. */
  private static long bytesWritten() throws IOException {
    try (var lines = Files.lines(Path.of("/proc/self/io"))) {
      return lines
          .filter(line -> line.startsWith("write_bytes: "))
          .mapToLong(line -> Long.parseLong(line.substring("write_bytes: ".length())))
          .findFirst()
          .orElse(0);
    }
  }

  private static double at(long[] sorted, double quantile) {
    return sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * quantile))] / 1e6;
  }

  private static <T> ActorRef<T> spawn(
      ActorSystem<SpawnProtocol.Command> system, Behavior<T> behavior, String name) {
    return AskPattern.<SpawnProtocol.Command, ActorRef<T>>ask(
            system,
            replyTo -> new SpawnProtocol.Spawn<>(behavior, name, Props.empty(), replyTo),
            Duration.ofSeconds(5),
            system.scheduler())
        .toCompletableFuture()
        .join();
  }
}
