package io.reeve.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** Removal of directories that a command created for itself. */
final class Directories {

  private Directories() {}

  /** Removes the directory and all in it; links are removed, not followed. */
  static void remove(Path directory) {
    try (var all = Files.walk(directory)) {
      for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(
          new IOException("cannot remove " + directory + ": " + failed.getMessage(), failed));
    }
  }
}
