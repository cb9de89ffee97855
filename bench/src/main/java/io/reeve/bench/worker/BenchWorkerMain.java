package io.reeve.bench.worker;

import io.reeve.client.Endpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** The worker process of the benchmark. */
public final class BenchWorkerMain {

  private BenchWorkerMain() {}

  /**
   * Runs until its standard input ends.
   *
   * @param worker {@code raw} or {@code sdk}
   */
  public static void run(Endpoint endpoint, int capacity, String worker) throws IOException {
    var id = "bench-" + ProcessHandle.current().pid();
    var handler = new NoOp(System::nanoTime);
    try (Link link =
        worker.equals("sdk")
            ? new SdkLink(endpoint.toString(), id, capacity, handler)
            : new RawLink(
                endpoint.host(),
                endpoint.port(),
                id,
                UUID.randomUUID().toString(),
                capacity,
                handler)) {
      new BenchWorker(link, handler)
          .obey(
              new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
              new PrintStream(System.out, true, StandardCharsets.UTF_8));
    }
  }
}
