package io.reeve.node.store;

import io.reeve.journal.JournalRoom;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much room the disk has for the files of a store. Looked at ten times a second at most, while
 * somebody asks. Safe for many threads.
 */
final class StoreRoom {

  private static final Logger LOG = LoggerFactory.getLogger(StoreRoom.class);

  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long MIB = 1024L * 1024;

  private final Path directory;
  private final FileStore disk;
  private final long reserve;
  private final LongSupplier nanoTime;

  private long freeBytes;
  private long lookedAt;
  private boolean told;

  StoreRoom(Path directory, long reserve, LongSupplier nanoTime) throws IOException {
    this.directory = directory;
    this.disk = Files.getFileStore(directory);
    this.reserve = reserve;
    this.nanoTime = nanoTime;
    this.freeBytes = disk.getUsableSpace();
    this.lookedAt = nanoTime.getAsLong();
  }

  /** A quarter of the reserve is for what writes beside the journal: snapshots, the log. */
  JournalRoom now() {
    var free = free();
    if (free >= reserve) {
      return JournalRoom.ENOUGH;
    }
    return free < reserve / 4 ? JournalRoom.NONE : JournalRoom.LOW;
  }

  /** What is amiss, in the operator's words. */
  String shortage() {
    return shortage(free());
  }

  private String shortage(long free) {
    return "STORE_FULL: %d MiB are free on the disk of %s, expected reeve.store.reserve (%d MiB) or more"
        .formatted(free / MIB, directory, reserve / MIB);
  }

  private synchronized long free() {
    var now = nanoTime.getAsLong();
    if (now - lookedAt >= FRESH_NANOS) {
      lookedAt = now;
      try {
        freeBytes = disk.getUsableSpace();
      } catch (IOException e) {
        // The directory is gone, which the guard tells.
        LOG.debug("the free space of {} is not known", directory, e);
      }
      tell();
    }
    return freeBytes;
  }

  /** Once when the room becomes short, and once when it is back. */
  private void tell() {
    var tooLittle = freeBytes < reserve;
    if (tooLittle && !told) {
      LOG.warn("{}; submissions are refused until there is room", shortage(freeBytes));
    } else if (!tooLittle && told) {
      LOG.info("the disk of {} has room again: {} MiB", directory, freeBytes / MIB);
    }
    told = tooLittle;
  }
}
