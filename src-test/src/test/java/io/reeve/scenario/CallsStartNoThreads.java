package io.reeve.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.reeve.client.ReeveClient;
import io.reeve.client.TaskRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A call is served by threads that are there, on small machines too. */
@Tag("slow")
class CallsStartNoThreads {

  private static final int CALLS = 300;
  private static final String STARTED = "java.threads.started=";

  @RegisterExtension private final Fleet fleet = new Fleet();

  @Test
  void threadsDoNotGrowWithCalls() throws IOException {
    var node = fleet.node();
    try (var client = node.client()) {
      call(client, CALLS); // pools fill up
      var before = threadsStarted(node);

      call(client, CALLS);

      assertThat(threadsStarted(node) - before).as("threads started").isLessThan(CALLS / 10);
    }
  }

  private static void call(ReeveClient client, int calls) {
    for (var i = 0; i < calls; i++) {
      client.get(client.submit(TaskRequest.of("nobody-takes-it").build()).taskId());
    }
  }

  /** Since the start of the JVM, by its own counter. */
  private static long threadsStarted(NodeProcess node) throws IOException {
    var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    var process =
        new ProcessBuilder(jcmd, "" + node.process().pid(), "PerfCounter.print")
            .redirectErrorStream(true)
            .start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Signals.awaitEnd(process, "jcmd");
    return said.lines()
        .filter(line -> line.startsWith(STARTED))
        .mapToLong(line -> Long.parseLong(line.substring(STARTED.length())))
        .findFirst()
        .orElseThrow(() -> new AssertionError("expected " + STARTED + ", got: " + said));
  }
}
