package io.reeve.node.store;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Access for the owner alone: payloads may hold what others must not read. */
final class OwnerOnly {

  private static final Logger LOG = LoggerFactory.getLogger(OwnerOnly.class);

  private static final AtomicBoolean WARNED = new AtomicBoolean();

  private static final Set<PosixFilePermission> READ_WRITE =
      PosixFilePermissions.fromString("rw-------");

  /** For a file that is created. */
  static final FileAttribute<Set<PosixFilePermission>> FILE =
      PosixFilePermissions.asFileAttribute(READ_WRITE);

  /** For a directory that is created. */
  static final FileAttribute<Set<PosixFilePermission>> DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private OwnerOnly() {}

  /**
   * Takes everybody else's access to a file that is there. Where the file system has no permissions
   * or lets none be changed, as some mounted volumes, it warns of the first file and goes on.
   */
  static void restrict(Path file) throws IOException {
    try {
      if (Files.exists(file) && !Files.getPosixFilePermissions(file).equals(READ_WRITE)) {
        Files.setPosixFilePermissions(file, READ_WRITE);
      }
    } catch (FileSystemException | UnsupportedOperationException e) {
      if (WARNED.compareAndSet(false, true)) {
        LOG.warn(
            "the access to {} cannot be restricted: {}; make the data directory accessible to"
                + " its owner only",
            file,
            e.toString());
      }
    }
  }
}
