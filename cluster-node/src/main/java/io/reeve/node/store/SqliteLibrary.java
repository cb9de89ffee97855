package io.reeve.node.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sqlite.SQLiteJDBCLoader;

/**
 * Loads SQLite's native library and leaves nothing behind.
 *
 * <p>The driver copies the library out of its archive into the directory for temporary files, and
 * removes the copy only when the virtual machine ends in order. So it gets a directory of its own,
 * which is removed as soon as the library is loaded.
 */
final class SqliteLibrary {

  private static final String DIRECTORY = "org.sqlite.tmpdir";

  private SqliteLibrary() {}

  private static final class Loaded {
    static final boolean NATIVE = loadAndTidy();
  }

  /** Loads the library, the first time. */
  static void load() {
    if (!Loaded.NATIVE) {
      throw new IllegalStateException("SQLite has no native library for this machine");
    }
  }

  private static boolean loadAndTidy() {
    var chosen = System.getProperty(DIRECTORY);
    var parent = Path.of(chosen != null ? chosen : System.getProperty("java.io.tmpdir"));
    try {
      var own = Files.createTempDirectory(parent, "reeve-sqlite", OwnerOnly.DIRECTORY);
      System.setProperty(DIRECTORY, own.toString());
      try {
        return SQLiteJDBCLoader.initialize();
      } finally {
        restore(chosen);
        remove(own);
      }
    } catch (IOException e) {
      throw new StoreException(
          StoreException.Reason.UNREADABLE,
          "SQLite's library cannot be unpacked into %s: %s; -D%s names another directory"
              .formatted(parent, e, DIRECTORY),
          e);
    } catch (Exception e) {
      throw new StoreException(
          StoreException.Reason.UNREADABLE,
          "SQLite's library cannot be loaded from %s: %s; -D%s names another directory, one from"
                  .formatted(parent, e.getMessage(), DIRECTORY)
              + " which programs may be run",
          e);
    }
  }

  private static void restore(String before) {
    if (before == null) {
      System.clearProperty(DIRECTORY);
    } else {
      System.setProperty(DIRECTORY, before);
    }
  }

  private static void remove(Path directory) throws IOException {
    try (var files = Files.newDirectoryStream(directory)) {
      for (var file : files) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
