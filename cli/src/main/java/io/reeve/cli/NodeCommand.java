package io.reeve.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reeve node}. */
@Command(
    name = "node",
    description = {
      "Runs a server until Ctrl-C or SIGTERM. It keeps tasks in its own files, or in a"
          + " PostgreSQL database that the nodes of a cluster share.",
      "It listens on the loopback address. Options win over environment variables, and these win"
          + " over the settings file. --set takes any setting."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve node",
      "  reeve node --port 7470 --data-dir /var/lib/reeve",
      "  REEVE_STORE_PASSWORD=... reeve node --store postgres://reeve@db.example/tasks",
      "  REEVE_HEAP=4g reeve node --set reeve.store.page-size=16KiB"
    })
final class NodeCommand implements Callable<Integer> {

  @Option(
      names = {"-p", "--port"},
      paramLabel = "PORT",
      description = "Port for clients and workers. Default: 7460, from the configuration.")
  @Nullable Integer port;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description =
          "HTTP port for health and metrics: a number, or off. Default: the port after --port,"
              + " from the configuration.")
  @Nullable String httpPort;

  @Option(
      names = {"-d", "--data-dir"},
      paramLabel = "DIR",
      converter = DirectoryText.class,
      description =
          "Directory of the node, created if it is missing. Default: ./data, from the"
              + " configuration.")
  @Nullable Path dataDirectory;

  @Option(
      names = "--store",
      paramLabel = "URL",
      description =
          "PostgreSQL database for the tasks, as postgres://user@host:port/database. Put its"
              + " password into REEVE_STORE_PASSWORD or a file (reeve.store.password-file).")
  @Nullable String store;

  @Mixin SettingsOptions options = new SettingsOptions();

  private static final Pattern WITH_PASSWORD = Pattern.compile("[a-z]+://[^@/?]*:[^@]*@.*");

  private final Terminal terminal;
  private final Programs programs;

  NodeCommand(Terminal terminal, Programs programs) {
    this.terminal = terminal;
    this.programs = programs;
  }

  @Override
  public Integer call() {
    var all = new LinkedHashMap<String, Object>(options.settings);
    if (port != null) {
      all.put(Programs.NODE_PORT, port);
    }
    if (httpPort != null) {
      all.put(Programs.NODE_HTTP_PORT, httpPort);
    }
    if (dataDirectory != null) {
      all.put(Programs.NODE_DIRECTORY, dataDirectory.toAbsolutePath().toString());
    }
    if (store != null) {
      all.put(Programs.NODE_STORE, store);
      warnOfPassword(store);
    }
    return programs.node().run(OperatorsFile.find(options.file), all);
  }

  private void warnOfPassword(String url) {
    if (WITH_PASSWORD.matcher(url).matches()) {
      terminal
          .err()
          .println(
              "reeve: while the node runs, everybody on this machine can read the password in"
                  + " --store; REEVE_STORE_PASSWORD and reeve.store.password-file keep it secret");
    }
  }
}
