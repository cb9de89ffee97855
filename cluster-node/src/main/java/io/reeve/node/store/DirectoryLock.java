package io.reeve.node.store;

import static io.reeve.node.store.StoreException.Reason.DIRECTORY_IN_USE;
import static io.reeve.node.store.StoreException.Reason.DIRECTORY_UNUSABLE;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The exclusive right of this process to one data directory, until closed or until the process
 * ends, however it ends: the operating system holds the lock, so a killed process leaves none
 * behind.
 *
 * <p>The lock file keeps the holder's process id, for the message to a second process. The file
 * itself stays for ever; removing it would let two processes lock two files of one name.
 */
final class DirectoryLock implements AutoCloseable {

  private static final String FILE = "lock";

  /**
   * The directories this process holds. The operating system cannot refuse a process its own lock,
   * and closing a second channel on the file would give up the first one's lock; so a second
   * attempt must not even open the file.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /** Creates {@code directory} where it is missing, for its owner only, and locks it. */
  static DirectoryLock acquire(Path directory) {
    var real = created(directory);
    var self = ProcessHandle.current().pid();
    if (!HELD.add(real)) {
      throw inUse(real, Long.toString(self) + " (this process)");
    }
    var acquired = false;
    try {
      var lock = acquireFile(real, self);
      acquired = true;
      return lock;
    } finally {
      if (!acquired) {
        HELD.remove(real);
      }
    }
  }

  private static DirectoryLock acquireFile(Path directory, long self) {
    try {
      var channel =
          FileChannel.open(
              directory.resolve(FILE),
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
              OwnerOnly.FILE);
      var acquired = false;
      try {
        if (channel.tryLock() == null) {
          throw inUse(directory, holderIn(channel));
        }
        channel.truncate(0);
        channel.write(US_ASCII.encode(Long.toString(self)), 0);
        acquired = true;
        return new DirectoryLock(directory, channel);
      } finally {
        if (!acquired) {
          channel.close();
        }
      }
    } catch (IOException e) {
      throw StoreException.of(
          DIRECTORY_UNUSABLE,
          "the data directory %s cannot be locked: %s".formatted(directory, e),
          e);
    }
  }

  private static Path created(Path directory) {
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(directory, OwnerOnly.DIRECTORY);
      }
      return directory.toRealPath();
    } catch (IOException e) {
      throw StoreException.of(
          DIRECTORY_UNUSABLE,
          "the data directory %s cannot be created: %s".formatted(directory, e),
          e);
    }
  }

  private static String holderIn(FileChannel channel) throws IOException {
    var bytes = ByteBuffer.allocate(20);
    channel.read(bytes, 0);
    return US_ASCII.decode(bytes.flip()).toString();
  }

  private static StoreException inUse(Path directory, String pid) {
    return new StoreException(
        DIRECTORY_IN_USE,
        "the data directory %s is in use by process %s; a directory serves one node"
            .formatted(directory, pid));
  }

  /** Free of symbolic links. */
  Path directory() {
    return directory;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new StoreException(
          DIRECTORY_UNUSABLE, "the data directory %s cannot be unlocked".formatted(directory), e);
    } finally {
      HELD.remove(directory);
    }
  }
}
