package io.reeve.cli;

import io.reeve.node.store.LossAcceptance;
import io.reeve.node.store.StoreSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reeve store accept-loss}. */
@Command(
    name = "accept-loss",
    description = {
      "Lets a node start again on a data directory that it refuses (exit code 7), with what is there."
          + " Each partition goes on from its last good row; what is lost is told.",
      "Restoring a backup is better. Copy the directory first: this cannot be undone."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  reeve store accept-loss --data-dir ./data"})
final class StoreAcceptLossCommand implements Callable<Integer>, Verbose {

  @Option(
      names = {"-d", "--data-dir"},
      required = true,
      paramLabel = "DIR",
      description = "Data directory of the node; it must not run.")
  Path directory = Path.of("data");

  @Mixin SettingsOptions options = new SettingsOptions();

  @Mixin OutputOptions output = new OutputOptions();

  private final Terminal terminal;

  StoreAcceptLossCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public boolean verbose() {
    return output.verbose;
  }

  @Override
  public boolean json() {
    return output.json();
  }

  @Override
  public Integer call() {
    var config =
        Programs.nodeConfiguration(
            OperatorsFile.find(options.file),
            terminal.environment(),
            new LinkedHashMap<>(options.settings));
    var report = LossAcceptance.accept(StoreSettings.of(config).in(directory.toAbsolutePath()));
    if (output.json()) {
      terminal.out().println(Json.line(Json.of(report)));
      return ExitCode.OK.number();
    }
    line("store", report.directory());
    line("kept in", report.keptIn());
    if (report.lost().isEmpty()) {
      line("lost", "nothing that the store knows of");
    }
    report.lost().forEach(what -> line("lost", Words.printable(what)));
    return ExitCode.OK.number();
  }

  private void line(String name, String value) {
    terminal.out().printf(Locale.ROOT, "%-8s %s%n", name, value);
  }
}
