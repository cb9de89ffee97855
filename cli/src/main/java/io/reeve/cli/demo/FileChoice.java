package io.reeve.cli.demo;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the files of a demo and computes their digests.
 *
 * <p>Bounded in number and size, so that a demo of any directory ends soon. Links are not followed,
 * and names with characters that digest tools escape are passed over.
 */
public final class FileChoice {

  private static final int DEPTH_MAX = 12;

  private final int filesMax;
  private final long bytesMax;

  /**
   * @param filesMax files in all, at most
   * @param bytesMax size of one file, at most
   */
  public FileChoice(int filesMax, long bytesMax) {
    this.filesMax = filesMax;
    this.bytesMax = bytesMax;
  }

  /** One file and its SHA-256 in hexadecimal. */
  public record Chosen(Path file, String digest) {}

  /** Directories that have files on every Unix: that of the running Java, and /usr. */
  public static List<Path> surelyThere() {
    return List.of(
        Path.of(System.getProperty("java.home")), Path.of("/usr/share"), Path.of("/usr/lib"));
  }

  /** Files below the roots in the order they are met, until there are enough. */
  public List<Chosen> below(List<Path> roots) throws IOException {
    var chosen = new ArrayList<Chosen>();
    for (var root : roots) {
      if (chosen.size() < filesMax && Files.isDirectory(root)) {
        Files.walkFileTree(
            root.toAbsolutePath().normalize(),
            EnumSet.noneOf(FileVisitOption.class),
            DEPTH_MAX,
            new Visitor(chosen));
      }
    }
    return chosen;
  }

  private final class Visitor extends SimpleFileVisitor<Path> {
    private final List<Chosen> chosen;

    Visitor(List<Chosen> chosen) {
      this.chosen = chosen;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isRegularFile()
          && attributes.size() > 0
          && attributes.size() <= bytesMax
          && isPlain(file.toString())) {
        digest(file).ifPresent(digest -> chosen.add(new Chosen(file, digest)));
      }
      return chosen.size() < filesMax ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException unreadable) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException unreadable) {
      return FileVisitResult.CONTINUE;
    }
  }

  static boolean isPlain(String path) {
    return path.chars().allMatch(c -> c >= ' ' && c < 127 && c != '\\');
  }

  private static Optional<String> digest(Path file) {
    try {
      return Optional.of(
          HexFormat.of()
              .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file))));
    } catch (IOException unreadable) {
      // Not readable by us, so not by the worker either.
      return Optional.empty();
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java has SHA-256", impossible);
    }
  }

  /** The system's own tool, with the arguments that come before a file's path. */
  public static Optional<List<String>> digestTool() {
    var tools =
        List.of(
            List.of("/usr/bin/sha256sum"),
            List.of("/bin/sha256sum"),
            List.of("/usr/bin/shasum", "-a", "256"),
            List.of("/sbin/sha256sum"));
    return tools.stream().filter(tool -> Files.isExecutable(Path.of(tool.get(0)))).findFirst();
  }
}
