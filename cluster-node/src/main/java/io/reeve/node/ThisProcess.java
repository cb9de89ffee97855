package io.reeve.node;

import io.reeve.node.cluster.NodeFacts;
import io.reeve.node.cluster.NodeRegistry;
import io.reeve.node.cluster.ProcessLoad;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.function.LongSupplier;
import org.apache.pekko.cluster.typed.Cluster;

/** What a node tells the others of the process that it is. */
final class ThisProcess {

  private ThisProcess() {}

  static NodeFacts.Identity identity(
      Cluster cluster, NodeSettings settings, String version, Clock clock) {
    var process = ProcessHandle.current();
    return NodeRegistry.identity(
        cluster,
        settings.name(),
        host(settings.cluster().host()),
        process.pid(),
        version,
        process.info().startInstant().orElseGet(clock::instant).toEpochMilli());
  }

  static ProcessLoad load(LongSupplier nanoTime) {
    var system = ManagementFactory.getOperatingSystemMXBean();
    LongSupplier cpu =
        system instanceof com.sun.management.OperatingSystemMXBean sun
            ? sun::getProcessCpuTime
            : () -> 0;
    return new ProcessLoad(cpu, ManagementFactory.getMemoryMXBean(), nanoTime);
  }

  private static String host(String otherwise) {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return otherwise;
    }
  }
}
