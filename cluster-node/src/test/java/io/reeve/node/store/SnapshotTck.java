package io.reeve.node.store;

import org.apache.pekko.persistence.japi.snapshot.JavaSnapshotStoreSpec;

/** Pekko's own tests of a snapshot store; run by {@link StoreTckTest}. */
public final class SnapshotTck extends JavaSnapshotStoreSpec {

  public SnapshotTck() {
    super(StoreTckTest.configuration());
  }
}
