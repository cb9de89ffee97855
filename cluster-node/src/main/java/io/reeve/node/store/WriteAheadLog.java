package io.reeve.node.store;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reads the write-ahead log of a SQLite file and checks its checksums, before SQLite opens it.
 *
 * <p>SQLite ends its replay at the first frame that it cannot trust and says nothing: it cannot
 * tell a write that a crash cut off from damage in the middle. This reader can. Each commit waits
 * for its fsync before the next one begins, so a crash leaves at most one commit without its bytes.
 *
 * <p>A commit whose fsync failed is written over by the next one, from its first frame on. Where
 * that is shorter, the rest of the failed one stays behind it, and behind that the rest of a longer
 * one that failed before. So commits behind a bad frame may be left from commits that failed, one
 * from each, without a gap between them. But each frame carries the checksum of all before it:
 * where a frame follows from a commit at or behind the bad frame, that commit was stored.
 *
 * <p>A block of the disk that went bad may take the headers of frames with it. SQLite never writes
 * a header of zeros, and the file grows only by frames, so a frame without a header was damaged.
 * Where the log was written over an earlier one, a block that did not reach the disk shows a frame
 * of the earlier log: a crash leaves such a gap in one commit at most.
 *
 * <p>Damage that may have hit the last commit alone can look like a crash while that was written.
 * The {@link Marks} tell then whether a row is missing.
 *
 * <p>The format is described at https://sqlite.org/fileformat2.html#walformat. The file may not be
 * open in this process: closing it would give up SQLite's locks.
 */
final class WriteAheadLog {

  /** What the log holds. */
  enum State {
    /**
     * Every frame of the current log is as it was written; so is a log that is empty or missing.
     */
    SOUND,
    /** The last transaction is not whole, as after a crash while it was written. */
    TORN,
    /** A frame was damaged after it was written. */
    DAMAGED
  }

  /**
   * The verdict.
   *
   * @param frame the first bad one, counted from 1; 0: none
   * @param offset of that frame in the file, in bytes
   * @param commitsBehind commits at or behind the bad frame whose headers can still be read
   */
  record Found(State state, long frame, long offset, long commitsBehind) {}

  private static final Found NOTHING_BAD = new Found(State.SOUND, 0, 0, 0);

  private static final int HEADER_BYTES = 32;
  private static final int FRAME_HEADER_BYTES = 24;

  private static final int CHUNK_BYTES = 65_536;

  /** The lowest bit says in which byte order the checksums are computed. */
  private static final int MAGIC = 0x377f0682;

  private final FileChannel file;
  private final long size;

  private int salt1;
  private int salt2;

  /** How often this log was begun anew; each time its first salt grows by one. */
  private int beginnings;

  private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
  private int sum1;
  private int sum2;

  private WriteAheadLog(FileChannel file) throws IOException {
    this.file = file;
    this.size = file.size();
  }

  /** Checks the log of the database file {@code database}. */
  static Found check(Path database) throws IOException {
    var path = of(database);
    if (Files.notExists(path)) {
      return NOTHING_BAD;
    }
    try (var file = FileChannel.open(path, StandardOpenOption.READ)) {
      return new WriteAheadLog(file).check();
    }
  }

  /** The path of the log of {@code database}. */
  static Path of(Path database) {
    return database.resolveSibling(database.getFileName() + "-wal");
  }

  private Found check() throws IOException {
    if (size < HEADER_BYTES) {
      return NOTHING_BAD;
    }
    var header = read(0, HEADER_BYTES);
    var magic = header.getInt(0);
    if ((magic & ~1) != MAGIC) {
      return withoutHeader();
    }
    order = (magic & 1) == 1 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    var pageSize = header.getInt(8);
    var frameBytes = FRAME_HEADER_BYTES + (long) pageSize;
    if (pageSize < 512 || pageSize > 65_536 || Integer.bitCount(pageSize) != 1) {
      return withoutHeader();
    }
    beginnings = header.getInt(12);
    salt1 = header.getInt(16);
    salt2 = header.getInt(20);
    add(header, 0, 24);
    if (header.getInt(24) != sum1 || header.getInt(28) != sum2) {
      return withoutHeader();
    }
    var frames = (size - HEADER_BYTES) / frameBytes;
    for (var frame = 0L; frame < frames; frame++) {
      var bytes = read(HEADER_BYTES + frame * frameBytes, (int) frameBytes);
      add(bytes, 0, 8);
      add(bytes, FRAME_HEADER_BYTES, pageSize);
      if (!current(bytes) || bytes.getInt(16) != sum1 || bytes.getInt(20) != sum2) {
        return verdict(frame, frameBytes);
      }
    }
    return NOTHING_BAD;
  }

  /**
   * What it means that the header of the log is bad. SQLite takes such a log for an empty one. It
   * writes no frame before the header is on the disk, and the header fits into one sector.
   */
  private Found withoutHeader() throws IOException {
    for (var at = (long) HEADER_BYTES; at < size; at += CHUNK_BYTES) {
      var bytes = read(at, (int) Math.min(CHUNK_BYTES, size - at));
      for (var i = 0; i < bytes.capacity(); i++) {
        if (bytes.get(i) != 0) {
          return new Found(State.DAMAGED, 1, 0, 0);
        }
      }
    }
    return new Found(State.TORN, 1, 0, 0);
  }

  /**
   * What it means that {@code bad}, counted from 0, is not a frame that follows from the others.
   */
  private Found verdict(long bad, long frameBytes) throws IOException {
    var frames = (size - HEADER_BYTES) / frameBytes;
    var commits = 0L;
    var currentFrames = 0L;
    var currentBehindCommit = false;
    var earlier = false;
    var foreign = false;
    var currentBehindEarlier = false;
    var damaged = false;
    for (var frame = bad; frame < frames; frame++) {
      var header = read(HEADER_BYTES + frame * frameBytes, FRAME_HEADER_BYTES);
      // Behind a frame from before the log was begun anew, nothing says that the log went on.
      damaged |= wiped(header) && !earlier && !foreign;
      if (current(header)) {
        damaged |= wiped(header) || foreign;
        currentBehindEarlier |= earlier;
        currentBehindCommit |= commits > 0;
        commits += header.getInt(4) == 0 ? 0 : 1;
        currentFrames++;
      } else if (earlier(header)) {
        earlier = true;
      } else {
        foreign = true;
      }
    }
    if (currentFrames == 0 && !damaged) {
      // What is left from before the log was begun anew.
      return NOTHING_BAD;
    }
    damaged |= currentBehindEarlier && currentBehindCommit;
    return new Found(
        damaged || followsFromCommit(bad, frames, frameBytes) ? State.DAMAGED : State.TORN,
        bad + 1,
        HEADER_BYTES + bad * frameBytes,
        commits);
  }

  /**
   * Whether a frame follows from a commit at or behind {@code bad}, counted from 0. The running
   * checksum is that of the bad frame, as it should be.
   */
  private boolean followsFromCommit(long bad, long frames, long frameBytes) throws IOException {
    var should1 = sum1;
    var should2 = sum2;
    var commit = false;
    var found1 = 0;
    var found2 = 0;
    for (var frame = bad; frame < frames; frame++) {
      var bytes = read(HEADER_BYTES + frame * frameBytes, (int) frameBytes);
      // The checksum in a bad frame may be what is bad in it.
      var follows =
          frame > bad
              && (follows(bytes, found1, found2)
                  || (frame == bad + 1 && follows(bytes, should1, should2)));
      if (follows && commit) {
        return true;
      }
      commit = current(bytes) && bytes.getInt(4) != 0;
      found1 = bytes.getInt(16);
      found2 = bytes.getInt(20);
    }
    return false;
  }

  /** Whether the header, or a part of it, holds zeros where SQLite writes none. */
  private boolean wiped(ByteBuffer frame) {
    return frame.getLong(8) == 0
        || (current(frame) && (frame.getInt(0) == 0 || frame.getLong(16) == 0));
  }

  /** Whether the frame belongs to the log as it was before it was begun anew. */
  private boolean earlier(ByteBuffer frame) {
    var age = salt1 - frame.getInt(8);
    return age > 0 && age <= beginnings && frame.getInt(12) != salt2;
  }

  /** Whether the frame's checksum follows from this one of the frame before. */
  private boolean follows(ByteBuffer frame, int before1, int before2) {
    sum1 = before1;
    sum2 = before2;
    add(frame, 0, 8);
    add(frame, FRAME_HEADER_BYTES, frame.capacity() - FRAME_HEADER_BYTES);
    return frame.getInt(16) == sum1 && frame.getInt(20) == sum2;
  }

  /** Whether the frame belongs to the log as it was begun last. */
  private boolean current(ByteBuffer frame) {
    return frame.getInt(8) == salt1 && frame.getInt(12) == salt2;
  }

  /** SQLite's running checksum, over {@code length} bytes from {@code from} on. */
  private void add(ByteBuffer bytes, int from, int length) {
    bytes.order(order);
    var s1 = sum1;
    var s2 = sum2;
    for (var i = from; i < from + length; i += 8) {
      s1 += bytes.getInt(i) + s2;
      s2 += bytes.getInt(i + 4) + s1;
    }
    sum1 = s1;
    sum2 = s2;
    bytes.order(ByteOrder.BIG_ENDIAN);
  }

  private ByteBuffer read(long offset, int length) throws IOException {
    var bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, offset + bytes.position()) < 0) {
        throw new EOFException("expected %d bytes at %d of the log".formatted(length, offset));
      }
    }
    return bytes;
  }
}
