package io.reeve.cli;

import io.reeve.client.fake.FakeReeve;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;

/** The command with a server that keeps its tasks in memory, for tests of what starts processes. */
public final class FakeNodeMain {

  private FakeNodeMain() {}

  public static void main(String[] args) {
    var real = Programs.ofThisInstallation();
    var programs =
        new Programs(
            (file, settings) -> {
              var port = settings.getOrDefault(Programs.NODE_PORT, 0);
              try (var server = FakeReeve.start((int) port, Clock.systemUTC())) {
                new CountDownLatch(1).await();
                return server.port();
              } catch (InterruptedException interrupted) {
                return 1;
              }
            },
            real.worker(),
            real.command());
    System.setProperty("logback.configurationFile", "reeve-quiet-logback.xml");
    var terminal = Terminal.ofProcess(System.getenv(), System.getProperties());
    System.exit(ReeveCommand.run(terminal, programs, args));
  }
}
