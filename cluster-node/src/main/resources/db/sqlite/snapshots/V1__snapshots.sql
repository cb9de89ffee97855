-- Snapshots, as pekko-persistence-jdbc expects them, in a file of their own: a snapshot may have a
-- hundred megabytes, and SQLite lets one writer at a time into a file.
CREATE TABLE snapshot (
  persistence_id         TEXT    NOT NULL,
  sequence_number        BIGINT  NOT NULL,
  -- Milliseconds since the epoch.
  created                BIGINT  NOT NULL,
  snapshot_ser_id        INTEGER NOT NULL,
  snapshot_ser_manifest  TEXT    NOT NULL,
  snapshot_payload       BLOB    NOT NULL,
  meta_ser_id            INTEGER,
  meta_ser_manifest      TEXT,
  meta_payload           BLOB,
  PRIMARY KEY (persistence_id, sequence_number)
);
