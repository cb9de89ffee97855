package io.reeve.worker;

import io.reeve.worker.link.ProcessFigures;
import java.io.IOException;
import java.lang.management.MemoryMXBean;
import java.lang.management.OperatingSystemMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * The process as the operating system sees it: CPU from the JVM's bean, resident memory from
 * Linux's {@code /proc}; elsewhere the memory that the JVM has committed.
 */
final class SystemFigures implements ProcessFigures {

  private static final Path STATM = Path.of("/proc/self/statm");
  private static final long PAGE_BYTES = 4096;

  private final OperatingSystemMXBean system;
  private final MemoryMXBean memory;
  private final LongSupplier nanos;
  private long lastCpuNanos;
  private long lastNanos;

  SystemFigures(OperatingSystemMXBean system, MemoryMXBean memory, LongSupplier nanos) {
    this.system = system;
    this.memory = memory;
    this.nanos = nanos;
    this.lastNanos = nanos.getAsLong();
    this.lastCpuNanos = cpuNanos();
  }

  @Override
  public Sample sample() {
    var now = nanos.getAsLong();
    var cpu = cpuNanos();
    var elapsed = now - lastNanos;
    var millicores = elapsed <= 0 ? 0 : Math.max(0, (cpu - lastCpuNanos) * 1000 / elapsed);
    lastNanos = now;
    lastCpuNanos = cpu;
    return new Sample(millicores, memoryBytes());
  }

  private long cpuNanos() {
    return system instanceof com.sun.management.OperatingSystemMXBean sun
        ? sun.getProcessCpuTime()
        : 0;
  }

  private long memoryBytes() {
    try {
      var resident = Files.readString(STATM, StandardCharsets.US_ASCII).split(" ", 3)[1];
      return Long.parseLong(resident) * PAGE_BYTES;
    } catch (IOException | RuntimeException elsewhere) {
      return memory.getHeapMemoryUsage().getCommitted()
          + memory.getNonHeapMemoryUsage().getCommitted();
    }
  }
}
