package io.reeve.cli;

import io.reeve.node.store.StoreMigration;
import io.reeve.node.store.StoreSenses;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reeve store migrate}. */
@Command(
    name = "migrate",
    description = {
      "Copies the store of a stopped node from its data directory into an empty schema of a"
          + " PostgreSQL database, so that a cluster can continue with its tasks.",
      "Before the copy counts, every row and the recovered state of each partition are read back"
          + " and compared. An interrupted copy leaves nothing behind; start it again. The"
          + " directory stays as it is. Do not start a node on it once the copy is in use."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  reeve store migrate --from ./data --to postgres://reeve@db.example/tasks --dry-run",
      "  REEVE_STORE_PASSWORD=... reeve store migrate --from ./data --to"
          + " postgres://reeve@db.example/tasks"
    })
final class StoreMigrateCommand extends AnsweringCommand {

  @Option(
      names = "--from",
      required = true,
      paramLabel = "DIR",
      converter = DirectoryText.class,
      description = "Data directory of the node, which must be stopped.")
  Path from = Path.of("data");

  @Option(
      names = "--to",
      required = true,
      paramLabel = "URL",
      description =
          "The database, as postgres://user@host:port/database. Put its password into"
              + " REEVE_STORE_PASSWORD or a file (reeve.store.password-file).")
  String to = "";

  @Option(
      names = "--dry-run",
      description = "Read everything and check the database without copying.")
  boolean dryRun;

  @Mixin SettingsOptions options = new SettingsOptions();

  StoreMigrateCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  ExitCode run() {
    var all = new LinkedHashMap<String, Object>(options.settings);
    all.put(Programs.NODE_STORE, to);
    var config =
        Programs.nodeConfiguration(OperatorsFile.find(options.file), terminal.environment(), all);
    var senses = new StoreSenses(terminal.nanoTime(), terminal.random());
    try (var bar = new Bar()) {
      var report = new StoreMigration(config, from.toAbsolutePath(), senses, bar).run(dryRun);
      bar.finish();
      tell(report);
      return ExitCode.OK;
    }
  }

  private void tell(StoreMigration.Report report) {
    if (output.json()) {
      print(Json.line(Json.of(report)));
      return;
    }
    print("from", report.from());
    print("to", Words.printable(report.to()));
    print("rows", Long.toString(report.rows()));
    print("snapshots", Long.toString(report.snapshots()));
    for (var entity : report.entities()) {
      print(
          entity.persistenceId(),
          "%d rows up to %d, %d snapshots, sha256 %s%s"
              .formatted(
                  entity.rows(),
                  entity.highest(),
                  entity.snapshots(),
                  entity.hash(),
                  entity.stateHash().isEmpty() ? "" : ", state " + entity.stateHash()));
    }
    print(
        report.copied() ? "copied" : "not copied",
        report.copied()
            ? "and every row found the same; start nodes with --store, and this directory no more"
            : "as asked; it could be");
  }

  /** One bar for reading, copying and comparing. */
  private final class Bar implements StoreMigration.Listener, AutoCloseable {
    private Progress progress = Progress.of(terminal, "rows", -1);

    @Override
    public void found(long rows, long snapshots) {
      progress.finish();
      // Read here, copied, read there.
      progress = Progress.of(terminal, "rows", dryRun ? rows : rows * 3);
    }

    @Override
    public void copied(long rows) {
      progress.stepBy(rows);
    }

    @Override
    public void compared(long rows) {
      progress.stepBy(rows);
    }

    /** Removes the bar from its line before the report. */
    void finish() {
      progress.finish();
    }

    @Override
    public void close() {
      progress.close();
    }
  }
}
