package io.reeve.postgres;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.tukaani.xz.XZInputStream;

/**
 * Unpacks a compressed tape archive, as far as the archives of PostgreSQL's binaries need it:
 * files, directories and symbolic links with short names (POSIX 1003.1-1990, "ustar"). Anything
 * else is refused, and so is what would land outside of the directory.
 */
final class Archive {

  private static final int BLOCK = 512;
  private static final int EXECUTABLE = 0100;
  private static final int MEMORY_KIB_MAX = 256 * 1024;

  private final InputStream in;
  private final Path directory;

  private Archive(InputStream in, Path directory) {
    this.in = in;
    this.directory = directory;
  }

  /** Unpacks {@code packed}, for everybody to read, into a directory that exists. */
  static void unpack(InputStream packed, Path directory) throws IOException {
    try (var in =
        new BufferedInputStream(
            new XZInputStream(new BufferedInputStream(packed), MEMORY_KIB_MAX))) {
      new Archive(in, directory.toAbsolutePath().normalize()).unpack();
    }
  }

  private void unpack() throws IOException {
    for (var header = block(); header[0] != 0; header = block()) {
      var target = inside(text(header, 345, 155), text(header, 0, 100));
      var size = number(header, 124, 12);
      switch (header[156]) {
        case '5' -> Files.createDirectories(target);
        case '2' -> link(target, text(header, 157, 100));
        case '0', 0 -> file(target, size, (number(header, 100, 8) & EXECUTABLE) != 0);
        default -> throw new IOException("expected files, directories and links only");
      }
    }
  }

  private void link(Path at, String to) throws IOException {
    var parent = parent(at);
    Files.createDirectories(parent);
    if (!parent.resolve(to).normalize().startsWith(directory)) {
      throw new IOException("expected a link within the archive");
    }
    Files.createSymbolicLink(at, Path.of(to));
  }

  private void file(Path at, long size, boolean executable) throws IOException {
    Files.createDirectories(parent(at));
    try (var out = Files.newOutputStream(at)) {
      for (var left = size; left > 0; left -= BLOCK) {
        out.write(block(), 0, (int) Math.min(left, BLOCK));
      }
    }
    Files.setPosixFilePermissions(
        at, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
  }

  private Path inside(String prefix, String name) throws IOException {
    var path = directory.resolve(prefix).resolve(name).normalize();
    if (!path.startsWith(directory)) {
      throw new IOException("expected a path within the archive");
    }
    return path;
  }

  private Path parent(Path path) {
    var parent = path.getParent();
    return parent == null ? directory : parent;
  }

  private byte[] block() throws IOException {
    var block = in.readNBytes(BLOCK);
    if (block.length < BLOCK) {
      throw new EOFException("expected an archive with an end mark");
    }
    return block;
  }

  private static String text(byte[] header, int from, int length) {
    var end = from;
    while (end < from + length && header[end] != 0) {
      end++;
    }
    return new String(Arrays.copyOfRange(header, from, end), US_ASCII);
  }

  private static long number(byte[] header, int from, int length) throws IOException {
    try {
      return Long.parseLong(text(header, from, length).strip(), 8);
    } catch (NumberFormatException e) {
      throw new IOException("expected an octal number", e);
    }
  }
}
