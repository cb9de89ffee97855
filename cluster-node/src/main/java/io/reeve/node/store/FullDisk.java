package io.reeve.node.store;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Tells failures for want of room from all others, wherever in the chain of causes they are. */
final class FullDisk {

  /** PostgreSQL's disk_full. */
  private static final String POSTGRES_DISK_FULL = "53100";

  /** The operating system's words for ENOSPC and EDQUOT; Java gives no code. */
  private static final List<String> NO_ROOM =
      List.of("No space left on device", "Disk quota exceeded");

  private FullDisk() {}

  static boolean causes(@Nullable Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (says(cause)) {
        return true;
      }
    }
    return false;
  }

  private static boolean says(Throwable cause) {
    if (cause instanceof SQLiteException sqlite) {
      var code = sqlite.getResultCode();
      // The file of shared memory beside the log has no room to grow.
      return code == SQLiteErrorCode.SQLITE_FULL || code == SQLiteErrorCode.SQLITE_IOERR_SHMSIZE;
    }
    if (cause instanceof SQLException sql) {
      return POSTGRES_DISK_FULL.equals(sql.getSQLState());
    }
    var message = cause instanceof IOException ? cause.getMessage() : null;
    return message != null && NO_ROOM.stream().anyMatch(message::contains);
  }
}
