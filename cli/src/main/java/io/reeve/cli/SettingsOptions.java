package io.reeve.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The settings of a program that reads a file of them. */
final class SettingsOptions {

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Settings file. Default: $REEVE_CONFIG, else application.conf in this directory, else"
              + " the one beside the reeve command.")
  @Nullable Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Any setting by its full path, such as reeve.node.name. It wins over the file. Can be"
              + " repeated.")
  Map<String, String> settings = new LinkedHashMap<>();
}
