-- How many partitions there are, the highest number of all, and how many there were before they became
-- more: where request ids of that time are remembered.
CREATE TABLE partition_count (
  partitions  INTEGER PRIMARY KEY,
  -- Since when, in milliseconds since the epoch; 0: from the beginning.
  since_ms    BIGINT  NOT NULL
);

-- In a store of an earlier release each partition has a row.
INSERT INTO partition_count (partitions, since_ms)
SELECT max(CAST(substr(persistence_id, 11) AS INTEGER)) + 1, 0
FROM event_journal
WHERE persistence_id LIKE 'partition|%'
HAVING count(*) > 0;
