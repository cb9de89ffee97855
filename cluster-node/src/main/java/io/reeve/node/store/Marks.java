package io.reeve.node.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code marks}: the identity of the store, and for each persistence id the highest row
 * that was acknowledged.
 *
 * <p>A mark is written after the commit of its row and before its acknowledgement. So a mark above
 * the journal's highest row proves that an acknowledged row is gone. Only the first mark of a
 * persistence id is forced to the disk, later ones are not: a killed process loses none, and after
 * a power failure a mark may be older than the row, never newer.
 *
 * <p>The file has a header and entries of {@value #ENTRY_BYTES} bytes. An entry has the persistence
 * id and two slots that are written in turn, each with its checksum, so that a write that was cut
 * off leaves the mark before it. Entries are forced in their order, so what is not whole at the end
 * of the file was never forced, and no row of it was acknowledged. Safe for many threads.
 */
final class Marks implements AutoCloseable {

  static final String FILE = "marks";

  /** How far the store has come. */
  enum State {
    /** It is being made; a start that finds it goes on making it. */
    FORMING,
    /** All files are there and have the identity. */
    FORMED
  }

  private static final Logger LOG = LoggerFactory.getLogger(Marks.class);

  private static final byte[] MAGIC = "REEVEMK1".getBytes(UTF_8);
  private static final byte FORMING = 1;
  private static final byte FORMED = 2;
  private static final int HEADER_BYTES = 64;
  private static final int ENTRY_BYTES = 128;
  private static final int SLOT_BYTES = 16;
  private static final int NAME_AT = 2 * SLOT_BYTES;
  private static final int NAME_BYTES_MAX = ENTRY_BYTES - NAME_AT - 2 - Integer.BYTES;
  private static final int ID_BYTES = 16;

  private final RandomAccessFile file;
  private final String id;
  private final Map<String, Entry> entries = new HashMap<>();
  private State state;

  private static final class Entry {
    private final int number;
    private long row;
    private int slot;

    Entry(int number, long row, int slot) {
      this.number = number;
      this.row = row;
      this.slot = slot;
    }

    long offset() {
      return HEADER_BYTES + (long) number * ENTRY_BYTES;
    }
  }

  private Marks(RandomAccessFile file, String id, State state) {
    this.file = file;
    this.id = id;
    this.state = state;
  }

  /** Begins the file of a store that is being made, for its owner only; whole or not at all. */
  static Marks begin(Path path, String id) throws IOException {
    var draft = path.resolveSibling(FILE + ".new");
    Files.deleteIfExists(draft);
    try (var channel =
        FileChannel.open(Files.createFile(draft, OwnerOnly.FILE), StandardOpenOption.WRITE)) {
      var header = ByteBuffer.wrap(header(id, State.FORMING));
      while (header.hasRemaining()) {
        channel.write(header);
      }
      channel.force(true);
    }
    Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
    // The name is on the disk only once its directory is.
    try (var directory = FileChannel.open(path.resolveSibling("."), StandardOpenOption.READ)) {
      directory.force(true);
    }
    return new Marks(new RandomAccessFile(path.toFile(), "rw"), id, State.FORMING);
  }

  /**
   * Opens the file of a store.
   *
   * @throws IOException when it cannot be read, or is not such a file; the message says which
   */
  static Marks open(Path path) throws IOException {
    var file = new RandomAccessFile(path.toFile(), "rw");
    var opened = false;
    try {
      var marks = read(file);
      opened = true;
      return marks;
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  private static Marks read(RandomAccessFile file) throws IOException {
    var bytes = new byte[Math.toIntExact(file.length())];
    file.readFully(bytes);
    var content = ByteBuffer.wrap(bytes);
    var magic = new byte[MAGIC.length];
    if (bytes.length < HEADER_BYTES
        || content.getInt(HEADER_BYTES - Integer.BYTES) != crc(bytes, 0, HEADER_BYTES - 4)) {
      throw new IOException("its header is damaged");
    }
    content.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new IOException("it is no marks file of this release");
    }
    var state = content.get() == FORMED ? State.FORMED : State.FORMING;
    var id = new byte[ID_BYTES];
    content.get(id);
    var marks = new Marks(file, HexFormat.of().formatHex(id), state);
    var places = (bytes.length - HEADER_BYTES) / ENTRY_BYTES;
    var entries = places;
    while (entries > 0 && !isWhole(content, bytes, entries - 1)) {
      entries--;
    }
    if (entries < places) {
      LOG.warn(
          "the last {} entries of the marks were never forced to the disk, so their rows were"
              + " not acknowledged; they are ignored",
          places - entries);
    }
    for (var number = 0; number < entries; number++) {
      marks.readEntry(content, bytes, number);
    }
    return marks;
  }

  /** Whether a name is there as it was written, and at least one slot that something is in. */
  private static boolean isWhole(ByteBuffer content, byte[] bytes, int number) {
    var at = HEADER_BYTES + number * ENTRY_BYTES;
    return hasName(content, bytes, at)
        && (content.getLong(at) != 0 || content.getLong(at + SLOT_BYTES) != 0);
  }

  private static boolean hasName(ByteBuffer content, byte[] bytes, int at) {
    var length = content.getShort(at + NAME_AT);
    return length > 0
        && length <= NAME_BYTES_MAX
        && content.getInt(at + ENTRY_BYTES - 4) == crc(bytes, at + NAME_AT, 2 + NAME_BYTES_MAX);
  }

  private void readEntry(ByteBuffer content, byte[] bytes, int number) throws IOException {
    var at = HEADER_BYTES + number * ENTRY_BYTES;
    if (!hasName(content, bytes, at)) {
      throw new IOException("its entry " + (number + 1) + " is damaged");
    }
    var name = new String(bytes, at + NAME_AT + 2, content.getShort(at + NAME_AT), UTF_8);
    var newest = new Entry(number, 0, 1);
    for (var slot = 0; slot < 2; slot++) {
      var slotAt = at + slot * SLOT_BYTES;
      var row = content.getLong(slotAt);
      if (row > newest.row && content.getInt(slotAt + 8) == slotCrc(number, row)) {
        newest = new Entry(number, row, slot);
      }
    }
    if (newest.row == 0) {
      throw new IOException("the mark of " + name + " is damaged");
    }
    entries.put(name, newest);
  }

  /** The store's identity, 32 hexadecimal digits. */
  String id() {
    return id;
  }

  synchronized State state() {
    return state;
  }

  /** Says that the store is complete, on the disk. */
  synchronized void formed() throws IOException {
    state = State.FORMED;
    file.seek(0);
    file.write(header(id, state));
    force();
  }

  /** The highest acknowledged row of each persistence id. */
  synchronized Map<String, Long> rows() {
    var rows = new TreeMap<String, Long>();
    entries.forEach((name, entry) -> rows.put(name, entry.row));
    return rows;
  }

  /** Marks that {@code row} is committed and may be acknowledged. */
  synchronized void raise(String persistenceId, long row) throws IOException {
    var entry = entries.get(persistenceId);
    if (entry == null) {
      add(persistenceId, row);
    } else if (row > entry.row) {
      var slot = 1 - entry.slot;
      file.seek(entry.offset() + (long) slot * SLOT_BYTES);
      file.write(slot(entry.number, row));
      entry.slot = slot;
      entry.row = row;
    }
  }

  private void add(String persistenceId, long row) throws IOException {
    var name = persistenceId.getBytes(UTF_8);
    if (name.length > NAME_BYTES_MAX) {
      throw new IOException(
          "expected a persistence id of at most %d bytes, got %d"
              .formatted(NAME_BYTES_MAX, name.length));
    }
    var entry = new Entry(entries.size(), row, 0);
    var bytes = ByteBuffer.allocate(ENTRY_BYTES);
    bytes.put(0, slot(entry.number, row));
    bytes.putShort(NAME_AT, (short) name.length).put(NAME_AT + 2, name);
    bytes.putInt(ENTRY_BYTES - 4, crc(bytes.array(), NAME_AT, 2 + NAME_BYTES_MAX));
    file.seek(entry.offset());
    file.write(bytes.array());
    force();
    entries.put(persistenceId, entry);
  }

  /**
   * Makes the marks survive a power failure. Holds no lock, so that marks go on being raised while
   * the disk is waited for.
   */
  void force() throws IOException {
    file.getFD().sync();
  }

  private static byte[] header(String id, State state) {
    var header = ByteBuffer.allocate(HEADER_BYTES);
    header
        .put(MAGIC)
        .put(state == State.FORMED ? FORMED : FORMING)
        .put(HexFormat.of().parseHex(id));
    header.putInt(HEADER_BYTES - 4, crc(header.array(), 0, HEADER_BYTES - 4));
    return header.array();
  }

  private static byte[] slot(int number, long row) {
    return ByteBuffer.allocate(SLOT_BYTES).putLong(row).putInt(slotCrc(number, row)).array();
  }

  /** Covers the place, so that a slot is no other's. */
  private static int slotCrc(int number, long row) {
    return crc(ByteBuffer.allocate(12).putInt(number).putLong(row).array(), 0, 12);
  }

  private static int crc(byte[] bytes, int from, int length) {
    var crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }

  @Override
  public synchronized void close() throws IOException {
    try (file) {
      force();
    }
  }
}
