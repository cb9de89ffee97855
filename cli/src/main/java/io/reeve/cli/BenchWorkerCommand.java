package io.reeve.cli;

import io.reeve.bench.worker.BenchWorkerMain;
import io.reeve.client.Endpoint;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The worker process of {@code reeve bench}; obeys its standard input. */
@Command(name = "bench-worker", hidden = true, description = "The worker process of reeve bench.")
final class BenchWorkerCommand implements Callable<Integer> {

  @Option(names = "--endpoint", required = true, paramLabel = "HOST:PORT")
  String endpoint = "";

  @Option(names = "--capacity", required = true, paramLabel = "N")
  int capacity;

  @Option(names = "--worker", required = true, paramLabel = "raw|sdk")
  String worker = "";

  @Override
  public Integer call() throws Exception {
    BenchWorkerMain.run(Endpoint.parse(endpoint), capacity, worker);
    return ExitCode.OK.number();
  }
}
