package io.reeve.cli;

import com.typesafe.config.ConfigUtil;
import io.reeve.client.Endpoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reeve worker}. */
@Command(
    name = "worker",
    description = {
      "Runs a worker with the built-in kinds exec, http, sleep, echo, fail and simulate until"
          + " Ctrl-C or SIGTERM. Then it finishes running attempts and hands back the others.",
      "exec and http reject every task until the settings allow a target."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve worker",
      "  reeve worker --slots 16 --queue mail --queue default",
      "  reeve worker --label zone=eu --label disk=ssd",
      "  reeve worker --allow-exec /usr/bin/sha256sum",
      "  WORKER_POOL_CAPACITY=8 reeve worker"
    })
final class WorkerCommand implements Callable<Integer> {

  @Option(
      names = {"-e", "--endpoint"},
      paramLabel = "HOST:PORT",
      description =
          "Node to connect to, or several separated by commas, which are tried in turn. The"
              + " default PORT is 7460. Default: $ORCHESTRATOR_ENDPOINT, else 127.0.0.1:7460.")
  @Nullable String endpoint;

  @Option(names = "--id", paramLabel = "NAME", description = "Name of the worker, for people.")
  @Nullable String id;

  @Option(names = "--pools", paramLabel = "N", description = "Number of pools. Default: 1.")
  @Nullable Integer pools;

  @Option(
      names = "--slots",
      paramLabel = "N",
      description = "Attempts that run at the same time in each pool. Default: 4.")
  @Nullable Integer slots;

  @Option(
      names = "--urgent-percentage",
      paramLabel = "N",
      description = "Percentage of the slots that only urgent tasks may use. Default: 25.")
  @Nullable Integer urgentPercentage;

  @Option(
      names = {"-q", "--queue"},
      paramLabel = "NAME",
      description = "A queue to serve. Can be repeated. Default: default.")
  List<String> queues = List.of();

  @Option(
      names = {"-l", "--label"},
      paramLabel = "NAME=VALUE",
      description = "A label of the worker, for tasks that require it. Can be repeated.")
  Map<String, String> labels = new LinkedHashMap<>();

  @Option(
      names = "--allow-exec",
      paramLabel = "PATH",
      description = "An executable that exec tasks may run. Can be repeated.")
  List<String> allowExec = List.of();

  @Mixin SettingsOptions options = new SettingsOptions();

  private final Programs programs;

  WorkerCommand(Programs programs) {
    this.programs = programs;
  }

  @Override
  public Integer call() {
    return programs.worker().run(OperatorsFile.find(options.file), settings());
  }

  Map<String, Object> settings() {
    var all = new LinkedHashMap<String, Object>(options.settings);
    if (endpoint != null) {
      all.put(
          Programs.WORKER_ENDPOINTS,
          Endpoint.parseAll(endpoint).stream().map(Endpoint::toString).toList());
    }
    put(all, Programs.WORKER_ID, id);
    put(all, Programs.WORKER_POOLS, pools);
    put(all, Programs.WORKER_SLOTS, slots);
    put(all, Programs.WORKER_URGENT, urgentPercentage);
    put(all, Programs.WORKER_QUEUES, queues.isEmpty() ? null : queues);
    labels.forEach(
        (name, value) -> all.put(Programs.WORKER_LABELS + ConfigUtil.joinPath(name), value));
    put(all, Programs.WORKER_EXEC_ALLOWED, allowExec.isEmpty() ? null : allowExec);
    return all;
  }

  private static void put(Map<String, Object> settings, String key, @Nullable Object value) {
    if (value != null) {
      settings.put(key, value);
    }
  }
}
