package io.reeve.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.reeve.bench.Bench;
import io.reeve.bench.BenchSettings;
import io.reeve.bench.process.SharedStore;
import io.reeve.postgres.LocalPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reeve bench}. */
@Command(
    name = "bench",
    description = {
      "Measures the whole system: one or more nodes, a worker whose handler does nothing, and"
          + " this client. Each is a separate process, and everything is durable.",
      "Phases: cold start and warm-up; then rounds of bulk submit without a worker, drain of"
          + " that backlog, and both together; then single submissions at an even pace to an"
          + " idle system, from the call to the start of the handler. Figures are the median,"
          + " minimum and maximum of the rounds.",
      "It takes a few minutes. --quick takes seconds and only shows that it works."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve bench",
      "  reeve bench --quick",
      "  reeve bench --rounds 9 --tasks 300000 --json-file bench.json",
      "  reeve bench --worker sdk --jfr node.jfr",
      "  reeve bench --backlog 1000000",
      "  reeve bench --nodes 3"
    })
final class BenchCommand extends AnsweringCommand {

  private static final int QUICK_TASKS = 5_000;
  private static final int QUICK_SINGLES = 25;

  @Option(
      names = {"-r", "--rounds"},
      paramLabel = "N",
      defaultValue = "5",
      description = "Number of rounds. Default: 5.")
  int rounds = 5;

  @Option(
      names = {"-n", "--tasks"},
      paramLabel = "N",
      defaultValue = "150000",
      description = "Tasks of each phase in a round. Default: 150000.")
  int tasks = 150_000;

  @Option(
      names = "--warmup",
      paramLabel = "N",
      defaultValue = "2000000",
      description =
          "Tasks before the first round, plus one single call for each hundred of them, because"
              + " a cold JVM is many times slower. Default: 2000000.")
  long warmUp = 2_000_000;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Number of nodes. Several nodes share a PostgreSQL database, as with --postgres. The"
              + " client uses the first node and the worker the last. Default: 1.")
  int nodes = 1;

  @Option(
      names = "--postgres",
      description =
          "Keep tasks in PostgreSQL: the server that "
              + LocalPostgres.URL_VARIABLE
              + " names, else a new server with the PostgreSQL programs on this machine, else"
              + " with those that come with Reeve.")
  boolean postgres;

  @Option(
      names = "--payload",
      paramLabel = "BYTES",
      defaultValue = "100",
      description = "Size of a payload in bytes. Default: 100.")
  int payload = 100;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "500",
      description = "Tasks in one bulk call. Default: 500.")
  int batch = 500;

  @Option(
      names = "--in-flight",
      paramLabel = "N",
      defaultValue = "4",
      description = "Bulk calls in flight. Default: 4.")
  int inFlight = 4;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "50",
      description = "Single submissions per second in the latency phase. Default: 50.")
  int rate = 50;

  @Option(
      names = "--singles",
      paramLabel = "N",
      defaultValue = "500",
      description = "Single submissions in one round. Default: 500.")
  int singles = 500;

  @Option(
      names = "--capacity",
      paramLabel = "N",
      defaultValue = "4000",
      description = "Leases that the worker can hold. Default: 4000.")
  int capacity = 4000;

  @Option(
      names = "--worker",
      paramLabel = "raw|sdk",
      defaultValue = "raw",
      description =
          "raw: a worker that implements the protocol itself, to measure the server. sdk: the"
              + " worker library. Default: raw.")
  String worker = "raw";

  @Option(
      names = "--backlog",
      paramLabel = "N",
      description =
          "Measure the cost of N waiting tasks instead: heap, time of a restart, and how long"
              + " submissions take during a snapshot.")
  @Nullable Integer backlog;

  @Option(names = "--no-strace", description = "Do not count fsyncs, even if strace is installed.")
  boolean noStrace;

  @Option(
      names = "--quick",
      description = "A small run to see that it works. Its figures mean little.")
  boolean quick;

  @Option(
      names = "--jfr",
      paramLabel = "FILE",
      description = "Record the node with Java Flight Recorder; print with jfr(1).")
  @Nullable Path recording;

  @Option(
      names = "--json-file",
      paramLabel = "FILE",
      description = "Also write the JSON report to this file.")
  @Nullable Path jsonFile;

  @Mixin RunOptions run = new RunOptions();

  private final Programs programs;

  BenchCommand(Terminal terminal, Programs programs) {
    super(terminal);
    this.programs = programs;
  }

  BenchSettings settings() {
    if (!worker.equals("raw") && !worker.equals("sdk")) {
      throw new IllegalArgumentException("expected --worker raw or sdk, got " + worker);
    }
    return new BenchSettings(
        quick ? Math.min(tasks, QUICK_TASKS) : tasks,
        nodes,
        quick ? Math.min(rounds, 2) : rounds,
        quick ? 0 : warmUp,
        payload,
        batch,
        inFlight,
        rate,
        quick ? Math.min(singles, QUICK_SINGLES) : singles,
        capacity,
        worker.equals("raw"),
        !noStrace);
  }

  @Override
  ExitCode run() throws IOException {
    var settings = settings();
    if (backlog != null && backlog < 1) {
      throw new IllegalArgumentException("expected --backlog of at least 1, got " + backlog);
    }
    var place = run.place("reeve-bench-");
    // Closed in this order: the processes of the run, then the server they keep their tasks in.
    try (var database =
            postgres || nodes > 1
                ? LocalPostgres.start(terminal.environment(), terminal.random())
                : null;
        var processes = run.processes(programs, place)) {
      var bench =
          new Bench(
              settings,
              database == null ? null : measured(database),
              place,
              terminal.nanoTime(),
              (phase, round, of) -> note("reeve bench: " + phase + " " + round + "/" + of));
      if (backlog != null) {
        var report = bench.backlog(processes, backlog, recordingFlags());
        print(report, BenchText.lines(report));
      } else {
        var report = bench.run(processes, recordingFlags());
        print(report, BenchText.lines(report));
      }
      if (run.keep) {
        note("kept " + place);
      }
      return ExitCode.OK;
    }
  }

  private SharedStore measured(LocalPostgres database) {
    var schema =
        new RunSchema(database.url(), "reeve_bench_" + RunSchema.newRun(terminal.random()));
    if (!database.isOwn()) {
      note("reeve bench: schema " + schema.leftBehind());
    }
    return schema.measured(database);
  }

  private void print(Object report, List<String> text) throws IOException {
    var json = new ObjectMapper().valueToTree(report);
    if (jsonFile != null) {
      Files.writeString(jsonFile, json.toPrettyString() + System.lineSeparator());
    }
    if (output.json()) {
      print(Json.line(json));
    } else {
      text.forEach(this::print);
    }
  }

  private String recordingFlags() {
    return recording == null
        ? ""
        : "-XX:StartFlightRecording=settings=profile,dumponexit=true,filename="
            + recording.toAbsolutePath();
  }
}
