package io.reeve.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code reeve node}. */
@Command(
    name = "node",
    description = {
      "Runs a server with its embedded store, until it is told to stop (Ctrl-C or SIGTERM).",
      "Listens on the loopback address. Options win over application.conf; every setting can be given"
          + " with --set."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve node",
      "  reeve node --port 7461 --data-dir /var/lib/reeve",
      "  REEVE_HEAP=4g reeve node --set reeve.store.page-size=16KiB"
    })
final class NodeCommand implements Callable<Integer> {

  @Option(
      names = {"-p", "--port"},
      paramLabel = "PORT",
      description = "Port for clients and workers. Default: 7460, from the configuration.")
  @Nullable Integer port;

  @Option(
      names = {"-d", "--data-dir"},
      paramLabel = "DIR",
      description =
          "Where the store lives; created when missing. Default: ./data, from the configuration.")
  @Nullable Path dataDirectory;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Any setting by its full path. May be given several times.")
  Map<String, String> settings = new LinkedHashMap<>();

  private final Programs programs;

  NodeCommand(Programs programs) {
    this.programs = programs;
  }

  @Override
  public Integer call() {
    var all = new LinkedHashMap<String, Object>(settings);
    if (port != null) {
      all.put(Programs.NODE_PORT, port);
    }
    if (dataDirectory != null) {
      all.put(Programs.NODE_DIRECTORY, dataDirectory.toAbsolutePath().toString());
    }
    return programs.node().applyAsInt(all);
  }
}
