package io.reeve.postgres;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * Unpacks a compressed tape archive with files, directories and symbolic links. Refuses anything
 * else, and whatever would land outside of the directory.
 */
final class Archive {

  private static final int EXECUTABLE = 0100;
  private static final int MEMORY_KIB_MAX = 256 * 1024;

  private Archive() {}

  /** Unpacks {@code packed}, for everybody to read, into a directory that exists. */
  static void unpack(InputStream packed, Path directory) throws IOException {
    var root = directory.toAbsolutePath().normalize();
    try (var in =
        new TarArchiveInputStream(
            new XZInputStream(new BufferedInputStream(packed), MEMORY_KIB_MAX))) {
      for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        var at = entry.resolveIn(root);
        var parent = at.getParent();
        refuseLinks(parent, root);
        if (parent == null || entry.isDirectory()) {
          Files.createDirectories(at);
        } else if (entry.isSymbolicLink()) {
          Files.createDirectories(parent);
          link(at, parent, entry, root);
        } else if (holdsContent(entry)) {
          Files.createDirectories(parent);
          Files.copy(in, at);
          Files.setPosixFilePermissions(
              at, PosixFilePermissions.fromString(executable(entry) ? "rwxr-xr-x" : "rw-r--r--"));
        } else {
          throw new IOException("expected files, directories and links only");
        }
      }
    }
  }

  /** An entry below a link could lie anywhere. */
  private static void refuseLinks(@Nullable Path directory, Path root) throws IOException {
    for (var at = directory; at != null && !at.equals(root); at = at.getParent()) {
      if (Files.isSymbolicLink(at)) {
        throw new IOException("expected entries of the archive below directories, got a link");
      }
    }
  }

  private static void link(Path at, Path parent, TarArchiveEntry entry, Path root)
      throws IOException {
    var to = Path.of(entry.getLinkName());
    if (!parent.resolve(to).normalize().startsWith(root)) {
      throw new IOException("expected a link within the archive");
    }
    Files.createSymbolicLink(at, to);
  }

  /** The library counts devices and hard links as files. */
  private static boolean holdsContent(TarArchiveEntry entry) {
    var kind = entry.getLinkFlag();
    return kind == TarConstants.LF_NORMAL || kind == TarConstants.LF_OLDNORM;
  }

  private static boolean executable(TarArchiveEntry entry) {
    return (entry.getMode() & EXECUTABLE) != 0;
  }
}
