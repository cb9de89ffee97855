-- The journal of events, as pekko-persistence-jdbc expects it; that plugin ships no SQLite schema.
--
-- ordering is the rowid. Without AUTOINCREMENT SQLite takes the highest rowid plus one, so a number
-- could be given twice only if the highest row of the whole table went away; the highest row of an
-- entity is never removed, therefore neither is the highest of the table. It saves the write of a
-- second page in each commit.
CREATE TABLE event_journal (
  ordering            INTEGER PRIMARY KEY,
  persistence_id      TEXT    NOT NULL,
  sequence_number     BIGINT  NOT NULL,
  deleted             BOOLEAN NOT NULL DEFAULT FALSE,
  writer              TEXT    NOT NULL,
  -- Milliseconds since the epoch.
  write_timestamp     BIGINT  NOT NULL,
  -- Empty without an adapter; the plugin cannot read NULL here.
  adapter_manifest    TEXT    NOT NULL,
  event_ser_id        INTEGER NOT NULL,
  event_ser_manifest  TEXT    NOT NULL,
  event_payload       BLOB    NOT NULL,
  meta_ser_id         INTEGER,
  meta_ser_manifest   TEXT,
  meta_payload        BLOB,
  -- The fence between two writers of one entity: the second one's row is refused.
  UNIQUE (persistence_id, sequence_number)
);

-- Unused by Reeve, which reads by persistence id; the plugin's statements name it.
CREATE TABLE event_tag (
  event_id  BIGINT NOT NULL,
  tag       TEXT   NOT NULL,
  PRIMARY KEY (event_id, tag),
  FOREIGN KEY (event_id) REFERENCES event_journal (ordering) ON DELETE CASCADE
) WITHOUT ROWID;
