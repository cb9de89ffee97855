package io.reeve.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the file with the operator's settings. The first of these counts: {@code --config}, the
 * system property {@code config.file}, {@code REEVE_CONFIG}, {@code application.conf} in the
 * working directory, {@code application.conf} beside the launcher. A file that somebody named must
 * exist.
 */
final class OperatorsFile {

  static final String VARIABLE = "REEVE_CONFIG";
  static final String NAME = "application.conf";
  private static final String PROPERTY = "config.file";
  private static final String LAUNCHER_PROPERTY = "reeve.launcher";

  private OperatorsFile() {}

  /** Null: there is none, and every setting has its default. */
  static @Nullable Path find(@Nullable Path option) {
    return find(option, System.getProperties(), System.getenv(), Path.of(""), Files::isReadable);
  }

  static @Nullable Path find(
      @Nullable Path option,
      Properties properties,
      Map<String, String> environment,
      Path workingDirectory,
      Predicate<Path> readable) {
    if (option != null) {
      return demand("--config", option, readable);
    }
    var property = properties.getProperty(PROPERTY, "");
    if (!property.isEmpty()) {
      return demand(PROPERTY, Path.of(property), readable);
    }
    var variable = environment.getOrDefault(VARIABLE, "");
    if (!variable.isEmpty()) {
      return demand(VARIABLE, Path.of(variable), readable);
    }
    var here = workingDirectory.resolve(NAME);
    if (readable.test(here)) {
      return here;
    }
    var launcher = properties.getProperty(LAUNCHER_PROPERTY, "");
    if (!launcher.isEmpty()) {
      var beside = Path.of(launcher).resolveSibling(NAME);
      return readable.test(beside) ? beside : null;
    }
    return null;
  }

  private static Path demand(String namedBy, Path file, Predicate<Path> readable) {
    if (!readable.test(file)) {
      throw new IllegalArgumentException(
          "expected " + namedBy + " to name a file that can be read, got '" + file + "'");
    }
    return file;
  }
}
