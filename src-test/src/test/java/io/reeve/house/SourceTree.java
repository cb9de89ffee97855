package io.reeve.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The files of the project as a reader sees them: what a build or an editor leaves behind is not
 * among them. Files go by their path from the root, with slashes.
 */
public final class SourceTree {

  /** Endings of files that people write. */
  static final String[] TEXTS = {
    "java", "proto", "md", "xml", "conf", "sql", "sh", "yml", "properties", "run", "reeve", "config"
  };

  private static final Set<String> LEFT_BEHIND =
      Set.of("target", ".git", ".idea", ".vscode", ".settings", "data", "logs");

  /** A line of a file, as an editor shows it. */
  record Line(String file, int number, String text) {

    @Override
    public String toString() {
      return "%s:%d: %s".formatted(file, number, text.strip());
    }
  }

  private final Path root;
  private final List<String> files;

  private SourceTree(Path root, List<String> files) {
    this.root = root;
    this.files = files;
  }

  /** Of the project whose module {@code src-test} runs this. */
  public static SourceTree ofTheProject() {
    var root = Path.of("").toAbsolutePath().getParent();
    if (root == null || !Files.exists(root.resolve("src-test/pom.xml"))) {
      throw new IllegalStateException("expected to run in the directory src-test, got " + root);
    }
    try {
      return of(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static SourceTree of(Path root) throws IOException {
    var files = new ArrayList<String>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return LEFT_BEHIND.contains(String.valueOf(directory.getFileName()))
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            files.add(root.relativize(file).toString().replace('\\', '/'));
            return FileVisitResult.CONTINUE;
          }
        });
    Collections.sort(files);
    return new SourceTree(root, files);
  }

  Path path(String file) {
    return root.resolve(file);
  }

  /** Files with one of these endings; a file without a dot counts by its name. */
  List<String> files(String... endings) {
    var wanted = Set.of(endings);
    return files.stream().filter(file -> wanted.contains(ending(file))).toList();
  }

  /** All of a file. */
  public String text(String file) throws IOException {
    return Files.readString(root.resolve(file));
  }

  List<String> lines(String file) throws IOException {
    return Files.readAllLines(root.resolve(file));
  }

  List<Line> linesWith(Pattern pattern, String... endings) throws IOException {
    var found = new ArrayList<Line>();
    for (var file : files(endings)) {
      var number = 0;
      for (var line : lines(file)) {
        number++;
        if (pattern.matcher(line).find()) {
          found.add(new Line(file, number, line));
        }
      }
    }
    return found;
  }

  private static String ending(String file) {
    var name = file.substring(file.lastIndexOf('/') + 1);
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
