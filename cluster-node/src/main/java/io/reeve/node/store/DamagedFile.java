package io.reeve.node.store;

import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Tells failures because the bytes of a SQLite file are not those of a database from all others,
 * wherever in the chain of causes they are.
 */
final class DamagedFile {

  /** The low byte of a result code is its kind; the rest says more. */
  private static final int KIND = 0xff;

  private DamagedFile() {}

  static boolean causes(@Nullable Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLiteException sqlite && says(sqlite)) {
        return true;
      }
    }
    return false;
  }

  /** Whether it says so itself, whatever its causes are. */
  static boolean says(SQLiteException failure) {
    var code = failure.getResultCode();
    var kind = code.code & KIND;
    return kind == SQLiteErrorCode.SQLITE_CORRUPT.code
        || kind == SQLiteErrorCode.SQLITE_NOTADB.code
        // A page that the file is too short for.
        || code == SQLiteErrorCode.SQLITE_IOERR_SHORT_READ;
  }
}
