package io.reeve.node.cluster;

import java.lang.management.MemoryMXBean;
import java.time.Duration;
import java.util.function.LongSupplier;

/** What this process takes of the machine. For one thread at a time. */
public final class ProcessLoad {

  /** Shorter spells say little: the kernel counts in steps of some milliseconds. */
  private static final long SPELL_NANOS_MIN = Duration.ofMillis(100).toNanos();

  private final LongSupplier cpuNanos;
  private final MemoryMXBean memory;
  private final LongSupplier nanoTime;
  private long lastCpuNanos;
  private long lastNanos;
  private long millicores;

  /**
   * @param cpuNanos processor time of the process so far; negative where the JVM cannot tell
   * @param nanoTime monotonic
   */
  public ProcessLoad(LongSupplier cpuNanos, MemoryMXBean memory, LongSupplier nanoTime) {
    this.cpuNanos = cpuNanos;
    this.memory = memory;
    this.nanoTime = nanoTime;
    this.lastCpuNanos = cpuNanos.getAsLong();
    this.lastNanos = nanoTime.getAsLong();
  }

  /** Where it stands, with the processor's time since the sample before. */
  NodeFacts.Load sample(int sessions) {
    var now = nanoTime.getAsLong();
    if (now - lastNanos >= SPELL_NANOS_MIN) {
      var cpu = cpuNanos.getAsLong();
      millicores = Math.max(0, (cpu - lastCpuNanos) * 1000 / (now - lastNanos));
      lastCpuNanos = cpu;
      lastNanos = now;
    }
    var heap = memory.getHeapMemoryUsage();
    // A heap without a bound of its own may grow to what is committed at least.
    return new NodeFacts.Load(
        sessions, millicores, heap.getUsed(), Math.max(heap.getMax(), heap.getCommitted()));
  }
}
