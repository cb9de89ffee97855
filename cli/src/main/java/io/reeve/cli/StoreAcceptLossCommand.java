package io.reeve.cli;

import io.reeve.node.store.LossAcceptance;
import io.reeve.node.store.StoreSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reeve store accept-loss}. */
@Command(
    name = "accept-loss",
    description = {
      "Lets a node start on a data directory that it refuses (exit code 7). Each partition"
          + " continues from its last good row. The command prints what is lost.",
      "If you have a backup, restore it instead. Copy the directory first, because this cannot"
          + " be undone."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  reeve store accept-loss --data-dir ./data"})
final class StoreAcceptLossCommand extends AnsweringCommand {

  @Option(
      names = {"-d", "--data-dir"},
      required = true,
      paramLabel = "DIR",
      converter = DirectoryText.class,
      description = "Data directory of the node, which must be stopped.")
  Path directory = Path.of("data");

  @Mixin SettingsOptions options = new SettingsOptions();

  StoreAcceptLossCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run() {
    var config =
        Programs.nodeConfiguration(
            OperatorsFile.find(options.file),
            terminal.environment(),
            new LinkedHashMap<>(options.settings));
    var report =
        LossAcceptance.accept(
            StoreSettings.of(config).in(directory.toAbsolutePath()), terminal.random());
    if (output.json()) {
      print(Json.line(Json.of(report)));
      return ExitCode.OK;
    }
    print("store", report.directory());
    print("kept in", report.keptIn());
    if (report.lost().isEmpty()) {
      print("lost", "nothing that the store knows of");
    }
    report.lost().forEach(what -> print("lost", Words.printable(what)));
    return ExitCode.OK;
  }
}
