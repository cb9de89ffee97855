package io.reeve.worker;

import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.SplittableRandom;
import java.util.UUID;

/** Wires a worker to the real clocks, randomness and process. */
final class AmbientMain {

  private AmbientMain() {}

  static Ambient ofProcess() {
    return new Ambient(
        System::nanoTime,
        System::currentTimeMillis,
        SplittableRandom::new,
        () -> UUID.randomUUID().toString(),
        () ->
            new SystemFigures(
                ManagementFactory.getOperatingSystemMXBean(),
                ManagementFactory.getMemoryMXBean(),
                System::nanoTime),
        host(),
        ProcessHandle.current().pid());
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "localhost";
    }
  }
}
