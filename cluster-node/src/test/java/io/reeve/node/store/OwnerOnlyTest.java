package io.reeve.node.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnerOnlyTest {

  @TempDir private Path directory = Path.of("");

  @Test
  void aFileThatWasOpenToOthersIsClosed() throws IOException {
    var file = Files.createFile(directory.resolve("marks"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));

    OwnerOnly.restrict(file);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  /** A file system in an archive has no permissions, as a mounted volume may have none. */
  @Test
  void aFileSystemWithoutPermissionsIsPutUpWith() throws IOException {
    try (var archive =
        FileSystems.newFileSystem(directory.resolve("a.zip"), Map.of("create", "true"))) {
      var file = Files.createFile(archive.getPath("marks"));

      OwnerOnly.restrict(file);

      assertThat(file).exists();
    }
  }
}
