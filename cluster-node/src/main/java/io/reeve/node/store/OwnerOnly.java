package io.reeve.node.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Access for the owner alone: payloads may hold what others must not read. */
final class OwnerOnly {

  private static final Set<PosixFilePermission> READ_WRITE =
      PosixFilePermissions.fromString("rw-------");

  /** For a file that is created. */
  static final FileAttribute<Set<PosixFilePermission>> FILE =
      PosixFilePermissions.asFileAttribute(READ_WRITE);

  /** For a directory that is created. */
  static final FileAttribute<Set<PosixFilePermission>> DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private OwnerOnly() {}

  /** Takes everybody else's access to a file that is there. */
  static void restrict(Path file) throws IOException {
    if (Files.exists(file) && !Files.getPosixFilePermissions(file).equals(READ_WRITE)) {
      Files.setPosixFilePermissions(file, READ_WRITE);
    }
  }
}
