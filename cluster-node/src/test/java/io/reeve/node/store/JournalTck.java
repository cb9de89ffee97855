package io.reeve.node.store;

import org.apache.pekko.persistence.CapabilityFlag;
import org.apache.pekko.persistence.japi.journal.JavaJournalSpec;

/** Pekko's own tests of a journal; run by {@link StoreTckTest}. */
public final class JournalTck extends JavaJournalSpec {

  public JournalTck() {
    super(StoreTckTest.configuration());
  }

  @Override
  public CapabilityFlag supportsRejectingNonSerializableObjects() {
    return CapabilityFlag.on();
  }
}
