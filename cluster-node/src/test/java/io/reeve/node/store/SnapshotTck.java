package io.reeve.node.store;

import org.apache.pekko.persistence.japi.snapshot.JavaSnapshotStoreSpec;

/** Pekko's own tests of a snapshot store; run by {@link StoreTckTest}. */
public final class SqliteSnapshotTck extends JavaSnapshotStoreSpec {

  public SqliteSnapshotTck() {
    super(StoreTckTest.configuration());
  }
}
