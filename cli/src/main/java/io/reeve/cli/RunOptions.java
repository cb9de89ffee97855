package io.reeve.cli;

import io.reeve.bench.process.ReeveProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The files of a command that starts processes of its own. */
final class RunOptions {

  @Option(
      names = "--keep",
      description = "Keep the logs and the data directories, and print where they are.")
  boolean keep;

  /** A place of the run's own; the name begins with {@code prefix}. */
  Path place(String prefix) throws IOException {
    return Files.createTempDirectory(prefix);
  }

  /** The processes of the run. When they have ended, the place goes, unless it is to be kept. */
  ReeveProcesses processes(Programs programs, Path place) {
    return new ReeveProcesses(
        programs.command(),
        place.resolve("logs"),
        () -> {
          if (!keep) {
            Directories.remove(place);
          }
        });
  }
}
